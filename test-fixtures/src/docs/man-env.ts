/** fastbypass_monitor.env(5), from the parser's table of keys. */
import { DEFAULT_CONFIG, type Key, formatKey } from '@fastbypass/core';
import { CHAPTERS, WITHOUT, keysOf, sampleEnv } from './config-docs.js';
import { block, bold, italic, manPage, paragraph, plain, term } from './roff.js';

const names = ({ name, form }: Key): string => {
  const indexed = `${bold(name)}[${italic('n')}]`;
  return form === 'global' ? bold(name) : form === 'indexed' ? indexed : `${bold(name)}, ${indexed}`;
};

const keyTerm = (key: Key): string =>
  term(names(key), [key.meaning, `Without it: ${WITHOUT[key.name]}.`, `Example: ${formatKey(key.name, key.form === 'indexed' ? 0 : null)}=${key.example}`].map(plain).join('\n'));

/** The shortest whole configuration: the sample's examples of what is needed. */
const EXAMPLE = ['LISTEN_HB_HOST', 'LISTEN_HB_PORT', 'LISTEN_HEARTBEAT_IFS', 'BYPASS_CARD_HOST', 'BYPASS_CARD_IFS']
  .flatMap((name) => sampleEnv().split('\n').find((line) => line.startsWith(`#${name}=`) || line.startsWith(`#${name}[0]=`)) ?? [])
  .map((line) => line.slice(1));

export const configurationPage = (): string =>
  manPage({
    name: 'fastbypass_monitor.env',
    section: 5,
    summary: 'configuration of the FastBypass monitor',
    sections: [
      {
        title: 'DESCRIPTION',
        body: [
          paragraph(`${bold('fastbypass_monitor')}(8) reads ${italic(DEFAULT_CONFIG)} at its start and at each reload.`),
          paragraph(
            plain(
              'Each line is KEY=value or KEY[n]=value with n = 0..9999, gaps allowed. Spaces around =, "export " before the key, blank lines, and comments (# on their own line or after white space) are accepted. Within quotes, "..." or \'...\', everything is literal up to the next same quote. An empty value is the same as no line; of a repeated key the last line counts, with a warning.',
            ),
          ),
          paragraph('Where a key goes with and without [n], the one with [n] counts for that listener or card, the other for the rest; but the two lists of interfaces are two things.'),
          paragraph(
            plain(
              'At the start a line, listener or card with an error is left out and said so; an error that concerns all of it ends the start. A reload with any error is rejected, and the old configuration runs on. "fbypass_ctl check" names every error and warning.',
            ),
          ),
        ],
      },
      ...CHAPTERS.map((chapter) => ({ title: chapter.title.toUpperCase(), body: keysOf(chapter).map(keyTerm) })),
      { title: 'EXAMPLES', body: [paragraph('One DPI, one card:'), block(EXAMPLE.join('\n'))] },
      { title: 'SEE ALSO', body: [paragraph(`${bold('fastbypass_monitor')}(8), ${bold('fbypass_ctl')}(8)`)] },
    ],
  });
