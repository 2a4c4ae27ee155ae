// Every link of the pages to a file of this repository leads to one, and every anchor to a heading, as GitHub makes anchors of headings.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..', '..');

const pagesBelow = (folder: string) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => path.join(folder, file));

const pages = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...['deploy', 'docs'].flatMap(pagesBelow)];

/** A page without its blocks of code. */
const proseOf = (page: string) =>
  readFileSync(path.join(root, page), 'utf8').replace(/^```[\s\S]*?^```/gm, '');

function anchorOf(heading: string): string {
  const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
  return text.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
}

const anchorsOf = (page: string) =>
  [...proseOf(page).matchAll(/^#{1,6} (.*?)\s*$/gm)].map(([, heading = '']) => anchorOf(heading));

/** Why a link leads nowhere; undefined when it leads somewhere. */
function trouble(page: string, link: string): string | undefined {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? page : path.join(path.dirname(page), file);
  if (!existsSync(path.join(root, target))) return `${link}: there is no ${target}`;
  if (anchor === undefined || !target.endsWith('.md') || anchorsOf(target).includes(anchor)) return undefined;
  return `${link}: ${target} has no such heading`;
}

const linksOf = (page: string) =>
  [
    ...proseOf(page)
      .replace(/`[^`\n]*`/g, '')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link));

it.each(pages.filter((page) => linksOf(page).length > 0))('%s links to what is there', (page) => {
  expect(linksOf(page).flatMap((link) => trouble(page, link) ?? [])).toEqual([]);
});

describe('a link', () => {
  it.each([
    ['README.md', 'docs/nowhere.md'],
    ['README.md', 'docs/http.md#nowhere'],
    ['docs/http.md', '#nowhere'],
  ])('of %s to %s leads nowhere', (page, link) => expect(trouble(page, link)).toBeDefined());

  it('may lead to a heading with code and punctuation', () => {
    expect(trouble('docs/security.md', 'http.md#tls-users-rate-limit')).toBeUndefined();
    expect(anchorOf('Over SSH: `ssh`')).toBe('over-ssh-ssh');
  });
});
