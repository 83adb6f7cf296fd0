import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile, installPackages, packPackages } from '../scripts/packages.js';
import { RUN_AS_STRANGER } from './support/page-programs.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = RUN_AS_STRANGER.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
const programs = pages.flatMap(({ path, text }) =>
  [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code], index) => ({
    name: `${path}, program ${index + 1}`,
    file: `${path.replace(/\W/g, '-')}-${index + 1}`,
    code,
  })),
);

describe('the programs that pages show', () => {
  const temporary = mkdtempSync(join(tmpdir(), 'weft-readme-'));
  afterAll(() => rmSync(temporary, { recursive: true }));
  const folder = join(temporary, 'project');

  beforeAll(() => {
    mkdirSync(folder);
    installPackages(folder, packPackages(join(temporary, 'tarballs')), [
      '@weft/core',
      '@weft/nn',
      '@weft/formats',
      '@weft/data',
      '@weft/train',
      '@weft/pool',
    ]);
    for (const { file, code } of programs) writeFileSync(join(folder, `${file}.ts`), code);
    compile(
      folder,
      programs.map(({ file }) => `${file}.ts`),
      ['--noUncheckedIndexedAccess'],
    );
  });

  it.each(programs)('$name runs, and does what the page says', ({ file, code }) => {
    const output = execFileSync(process.execPath, [`${file}.js`], { cwd: folder, encoding: 'utf8' });
    if (code.includes('`y = ')) expect(output).toBe('y = 2.0 x + 3.0\n');
    else expect(output).toMatch(/Total params: [\d,]+|^loss|^80 to train on, 20 to validate$/m);
    const losses = [...output.matchAll(/loss (\S+)/g)].map((match) => Number(match[1]));
    if (losses.length > 0) expect(losses[losses.length - 1]).toBeLessThan(losses[0] / 5);
  });

  it('are the same on both pages that show the core in ten lines', () => {
    const lines = programs.filter(({ code }) => code.includes('`y = '));
    expect(lines.map(({ code }) => code)).toEqual([lines[0].code, lines[0].code]);
    expect(lines[0].code.trim().split('\n').slice(2)).toHaveLength(10);
  });
});

const LINKED = [
  ...RUN_AS_STRANGER,
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'examples/README.md',
  'datasets/README.md',
  'docs/ARCHITECTURE.md',
  'docs/COMING-FROM-KERAS.md',
  'docs/FEATURES.md',
  'docs/PICTURES.md',
  'docs/RELIABILITY.md',
  'docs/REPRODUCIBILITY.md',
];

it.each(LINKED)('%s links to files that are there', (path) => {
  const text = readFileSync(join(root, path), 'utf8');
  const targets = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map((match) => match[1]);
  // All of them, but for places on the page itself.
  expect(targets).toHaveLength(text.replaceAll('](#', '').split('](').length - 1);
  const missing = targets.filter(
    (target) => !/^https?:/.test(target) && !existsSync(join(root, dirname(path), target)),
  );
  expect(missing).toEqual([]);
});
