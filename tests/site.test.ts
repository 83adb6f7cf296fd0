import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { missingIn } from '../docs/site/manual/api/symbols.js';
import { brokenLinks } from '../docs/site/manual/check-links.js';
import { rewriteLinks } from '../docs/site/manual/links.js';
import { pagesOf } from '../docs/site/manual/pages.js';
import { stagePages } from '../docs/site/manual/stage.js';

// What decides whether `pnpm site` fails. tests/browser/site.test.ts builds the whole of it.
const root = fileURLToPath(new URL('..', import.meta.url));
const temporary = mkdtempSync(join(tmpdir(), 'weft-site-'));
afterAll(() => rmSync(temporary, { recursive: true }));

function folderOf(name: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    const file = join(temporary, name, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return join(temporary, name);
}

describe('the pages', () => {
  const pages = pagesOf(root);

  it('have each document and each README of a package, once', () => {
    const documents = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
    const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`);
    const wanted = [
      ...documents.map((name) => `docs/${name}`),
      ...packages.filter((path) => existsSync(join(root, path))),
    ];
    const sources = pages.map(({ source }) => source);
    expect(wanted.filter((path) => !sources.includes(path))).toEqual([]);
    for (const list of [sources, pages.map(({ path }) => path)]) expect(new Set(list).size).toBe(list.length);
  });

  it('are staged with the files that they lead to, and lead nowhere else', () => {
    const staged = join(temporary, 'staged');
    // The reference is TypeDoc's.
    for (const { path } of pages.filter(({ path }) => path.startsWith('api/')))
      folderOf('staged', { [`${path}.md`]: '# A\n' });
    stagePages(pages, staged, '/weft/');
    const written = readdirSync(staged, { recursive: true, encoding: 'utf8' });
    expect(written).toEqual(expect.arrayContaining(['start.md', 'index.md', 'guides/study.md', 'api/nn/index.md']));
    expect(written.filter((path) => path.endsWith('.png')).length).toBeGreaterThan(1);
  });
});

describe('a link of a page', () => {
  const site = {
    root,
    base: '/weft/',
    pages: new Map([
      ['README.md', 'start'],
      ['docs/STUDY.md', 'guides/study'],
      ['packages/nn/README.md', 'api/nn/index'],
    ]),
  };
  function rewritten(markdown: string, source = 'docs/STUDY.md') {
    const needed: string[] = [];
    const need = ({ kind, source }: { kind: string; source: string }) => needed.push(`${kind} ${source}`);
    const page = { source, path: site.pages.get(source) ?? 'guides/other' };
    return { text: rewriteLinks(markdown, page, { ...site, need }), needed };
  }

  it.each([
    ['another page', '[a](../README.md#two-commands)', '[a](../start.md#two-commands)'],
    ['a folder with a README', '[a](../packages/nn)', '[a](../api/nn/index.md)'],
    ['the page itself', '[a](#two)', '[a](#two)'],
    ['another host', '[a](https://example.org/x.md)', '[a](https://example.org/x.md)'],
    ['a live page', '[a](site/live/train)', '[a](/weft/live/train/){target="_self"}'],
    ['code in its text', '[`a[0]`](../README.md)', '[`a[0]`](../start.md)'],
    ['code', '`[a](nowhere.md)`', '`[a](nowhere.md)`'],
    ['a block of code', '```md\n[a](nowhere.md)\n```', '```md\n[a](nowhere.md)\n```'],
  ])('to %s', (_, markdown, expected) => {
    expect(rewritten(markdown)).toEqual({ text: expected, needed: [] });
  });

  it.each([
    ['a picture', '![a](images/explain.svg)', '![a](../docs/images/explain.svg)', 'image docs/images/explain.svg'],
    ['a file', '[a](../LICENSE)', '[a](/weft/files/LICENSE){target="_self"}', 'file LICENSE'],
    [
      'an example',
      '[a](../examples/classifier/main.ts)',
      '[a](../examples/classifier.md)',
      'program examples/classifier/main.ts',
    ],
  ])('to %s brings it along', (_, markdown, text, needed) => {
    expect(rewritten(markdown)).toEqual({ text, needed: [needed] });
  });

  it.each([
    ['[a](NOWHERE.md)', 'docs/STUDY.md: "NOWHERE.md" leads nowhere.'],
    ['[a](../packages/core/test/fixtures/README.md)', 'is no page. Name it in manual/pages.js.'],
    ['[a](../scripts)', 'docs/STUDY.md: "../scripts" is a folder without a README, which a site cannot show.'],
  ])('%s is an error', (markdown, message) => {
    expect(() => rewritten(markdown)).toThrow(message);
  });
});

describe('links of the built site', () => {
  const page = (body: string) =>
    `<html><head><script>const a = '<a href="no">';</script></head><body>${body}</body></html>`;

  it('are sound where all places are there', () => {
    const folder = folderOf('sound', {
      'index.html': page('<a href="/weft/a/">a</a><a href="a/index.html#b%20c">a</a><a href="#x">x</a><p id="x">'),
      'a/index.html': page(
        '<a href="../">home</a><h2 id="b c">b</h2><img src="../x.svg"><img src="data:image/png;base64,">',
      ),
      'x.svg': '<svg/>',
      'b.html': page('<a href="https://example.org/">elsewhere</a><a href="mailto:a@example.org">m</a>'),
    });
    expect(brokenLinks(folder, '/weft/')).toEqual([]);
  });

  it('are listed where something is missing, or loaded from another host', () => {
    const folder = folderOf('broken', {
      'index.html': page(
        '<a href="no.html">n</a><a href="#no">n</a><a href="a.html#no">n</a><a href="/other/">n</a><a href="a">n</a>',
      ),
      'a.html': page(
        '<img src="b.png"><img src="https://example.org/c.png"><link rel="icon" href="//example.org/i.svg">',
      ),
    });
    expect(brokenLinks(folder, '/weft/').sort()).toEqual([
      'a.html: "//example.org/i.svg" is loaded from another host.',
      'a.html: "b.png" leads nowhere.',
      'a.html: "https://example.org/c.png" is loaded from another host.',
      'index.html: "#no" leads to a place that index.html does not have.',
      'index.html: "/other/" lies outside of /weft/.',
      'index.html: "a" leads nowhere.',
      'index.html: "a.html#no" leads to a place that a.html does not have.',
      'index.html: "no.html" leads nowhere.',
    ]);
  });
});

describe('the reference', () => {
  const example = { blockTags: [{ tag: '@example' }] };
  const folder = folderOf('reference', {
    'nn/functions/loss.md': '',
    'nn/classes/Dense.md': '',
    'nn/classes/WeftError.md': '',
    'nn/classes/SpecialError.md': '',
    'nn/interfaces/Options.md': '',
  });
  const members = [
    { id: 1, kind: 64, name: 'loss', signatures: [{ comment: example }] },
    { id: 2, kind: 128, name: 'Dense', comment: example },
    { id: 3, kind: 128, name: 'WeftError', extendedTypes: [{ type: 'reference', name: 'RangeError', target: {} }] },
    { id: 4, kind: 128, name: 'SpecialError', extendedTypes: [{ type: 'reference', name: 'Base', target: 3 }] },
    { id: 5, kind: 256, name: 'Options' },
  ];
  const names = members.map(({ name }) => ({ module: '@weft/nn', name }));
  const project = (children: object[]) => ({
    children: [{ id: 0, kind: 2, name: '@weft/nn', children: children as typeof members }],
  });

  it('is whole with a page for each name, and an example for each value that is no error', () => {
    expect(missingIn(names, project(members), folder)).toEqual([]);
  });

  it('lacks what has no page', () => {
    const more = [...names, { module: '@weft/nn', name: 'hidden' }];
    const withoutFile = [...members, { id: 6, kind: 256, name: 'hidden' }];
    for (const children of [members, withoutFile]) {
      expect(missingIn(more, project(children), folder)).toEqual([
        'hidden of @weft/nn has no page. Is its docstring marked, or its source excluded?',
      ]);
    }
  });

  it('lacks what has no example', () => {
    const bare = members.map(({ id, kind, name, extendedTypes }) => ({ id, kind, name, extendedTypes }));
    expect(missingIn(names, project(bare), folder)).toEqual([
      'loss of @weft/nn has no @example.',
      'Dense of @weft/nn has no @example.',
    ]);
  });
});

it('the workflow that publishes the site builds it below the path of its repository', () => {
  const { jobs, permissions } = parse(readFileSync(join(root, '.github/workflows/site.yml'), 'utf8'));
  const commands = jobs.site.steps.flatMap(({ run }: { run?: string }) => (run ? [run] : []));
  expect(commands).toHaveLength(1);
  expect(commands[0]).toMatch(/^npx --yes pnpm site --base "\/\$\{GITHUB_REPOSITORY#\*\/\}\/"$/);
  expect(permissions).toEqual({ contents: 'read', pages: 'write', 'id-token': 'write' });
});
