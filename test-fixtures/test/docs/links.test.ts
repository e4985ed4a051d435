/** Links between the pages lead somewhere. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import test from 'ava';

const root = new URL('../../../', import.meta.url);
const PAGES = ['README.md', 'CONTRIBUTING.md', ...readdirSync(new URL('docs/', root), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.md')).map((path) => `docs/${path}`)];

/** Of a heading, as forges make it. */
const anchorOf = (heading: string): string => heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(/\s/g, '-');
const anchorsOf = (page: URL): readonly string[] => [...readFileSync(page, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));

for (const path of PAGES) {
  test(`${path} links to what is there`, (t) => {
    const page = new URL(path, root);
    const links = [...readFileSync(page, 'utf8').matchAll(/\]\(((?!https?:)[^)\s]+)\)/g)].map(([, link = '']) => link);
    const broken = links.filter((link) => {
      const target = new URL(link, page);
      return !existsSync(target) || (target.hash !== '' && !anchorsOf(target).includes(decodeURIComponent(target.hash.slice(1))));
    });
    t.deepEqual(broken, []);
  });
}
