/** Parts of a page that are made, between two marks. */

const begin = (from: string): string => `<!-- made by npm run docs, from ${from} -->\n\n`;
const END = '\n<!-- end of what is made -->';

/** The page with its one made part anew; null where the marks are not there. `from`: what it is made from, as the mark says. */
export function withMadePart(page: string, from: string, part: string): string | null {
  const mark = begin(from);
  const start = page.indexOf(mark);
  const end = page.indexOf(END);
  return start < 0 || end < start ? null : `${page.slice(0, start)}${mark}${part}${page.slice(end)}`;
}
