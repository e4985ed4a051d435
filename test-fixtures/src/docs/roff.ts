/** Words for man(7): pages of sections, each of paragraphs and of terms with their meaning. */

/** What roff would take for its own. A minus may be copied into a shell; a hyphen may not. */
const SPECIAL: Readonly<Record<string, string>> = { '\\': '\\e', '-': '\\-', "'": '\\(aq', '`': '\\(ga', '^': '\\(ha', '~': '\\(ti' };

/** Text as it is, in the font of the paragraph. */
export const plain = (text: string): string => text.replaceAll(/[\\\-'`^~]/g, (sign) => SPECIAL[sign] ?? sign);
export const bold = (text: string): string => `\\fB${plain(text)}\\fR`;
export const italic = (text: string): string => `\\fI${plain(text)}\\fR`;

/** A line that begins with a dot is an order to roff. */
const lines = (text: string): string => text.split('\n').map((line) => (line.startsWith('.') ? `\\&${line}` : line)).join('\n');

export const paragraph = (text: string): string => `.PP\n${lines(text)}\n`;
/** Lines that stay as they are. */
export const block = (text: string): string => `.PP\n.RS 4\n.nf\n${lines(plain(text))}\n.fi\n.RE\n`;
export const term = (name: string, meaning: string): string => `.TP\n${lines(name)}\n${lines(meaning)}\n`;

export interface Section {
  readonly title: string;
  /** What {@link paragraph} and its like have made. */
  readonly body: readonly string[];
}

export interface Page {
  readonly name: string;
  readonly section: 5 | 8;
  /** What it is, in one line, as apropos shows it. */
  readonly summary: string;
  readonly sections: readonly Section[];
}

const SECTION_TITLES: Readonly<Record<Page['section'], string>> = { 5: 'File Formats Manual', 8: "System Manager\\(aqs Manual" };

/** Paths and names of keys stay whole. */
const UNBROKEN = '.nh\n.ad l\n';

export function manPage({ name, section, summary, sections }: Page): string {
  const head = `.\\" Made by npm run docs, from the tables of the programs: do not edit.\n.TH ${plain(name.toUpperCase())} ${String(section)} "" "FastBypass" "${SECTION_TITLES[section]}"\n${UNBROKEN}`;
  const title = `.SH NAME\n${plain(name)} \\- ${plain(summary)}\n`;
  // The first paragraph of a section needs no order of its own.
  const rest = sections.map((it) => `.SH ${it.title}\n${it.body.join('').replace(/^\.PP\n/, '')}`);
  return `${head}${title}${rest.join('')}`;
}
