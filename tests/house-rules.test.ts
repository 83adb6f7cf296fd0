import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { filesBelow, packagesFolder } from './support/packages.js';

/** A file can be read in one sitting. Biome checks the same packages for functions over 60 lines. */
const MOST_LINES = 300;

it.each([
  ['core', 80],
  ['nn', 30],
  ['train', 50],
  ['pool', 8],
  ['web', 15],
])('no file of @weft/%s is longer than 300 lines', (name, least) => {
  const folder = join(packagesFolder, name, 'src');
  const files = filesBelow(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  expect(files.length).toBeGreaterThan(least);
  const lines = (file: string) => readFileSync(join(folder, file), 'utf8').trimEnd().split('\n').length;
  expect(files.filter((file) => lines(file) > MOST_LINES)).toEqual([]);
});

it('biome refuses functions over 60 lines in the same packages', () => {
  const { overrides } = JSON.parse(readFileSync(join(packagesFolder, '../biome.json'), 'utf8'));
  const rule = overrides[0].linter.rules.complexity.noExcessiveLinesPerFunction;
  expect(overrides[0].includes[0]).toBe('packages/{core,nn,train,pool,web}/src/**/*.ts');
  expect(rule).toEqual({ level: 'error', options: { maxLines: 60, skipBlankLines: true } });
});
