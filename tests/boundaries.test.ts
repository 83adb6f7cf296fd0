import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path/posix';
import { describe, expect, it } from 'vitest';
import { filesBelow, packageNames, packagesFolder } from './support/packages.js';

/** Whom a package may import, directly: one way only, so that there is no cycle of packages. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  nn: ['core'],
  formats: ['nn', 'core'],
  models: ['core', 'nn'],
  data: ['formats', 'core'],
  analysis: ['core'],
  train: ['formats', 'nn', 'core'],
  pool: ['train', 'formats', 'nn', 'core'],
  web: ['train', 'formats', 'nn', 'core'],
  report: ['analysis', 'core'],
  study: ['report', 'analysis', 'pool', 'train', 'formats', 'nn', 'core'],
  cluster: ['study', 'report', 'analysis', 'pool', 'train', 'formats', 'nn', 'core'],
  cli: ['cluster', 'study', 'report', 'analysis', 'pool', 'train', 'formats', 'models', 'data', 'nn', 'core'],
};

/** Whom a package's tests may import besides: none that imports it. */
const TESTS_MAY_IMPORT: Readonly<Record<string, readonly string[]>> = { models: ['formats'] };

/** Entries of packages besides their `src/index.ts`. */
const SECOND_ENTRIES = [
  '@weft/cluster/readers',
  '@weft/core/program',
  '@weft/data/browser',
  '@weft/formats/arrays',
  '@weft/formats/keras',
  '@weft/formats/onnx',
  '@weft/formats/tensorboard',
  '@weft/train/runtime',
];

interface Import {
  /** Path of the importing file in its package. */
  readonly file: string;
  readonly specifier: string;
}

const PATTERNS = [
  /^\s*(?:import|export)\b[^;'"`]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /^\s*import\s*['"]([^'"]+)['"]/gm,
  /\bimport(?:\.meta\.resolve)?\(\s*['"`]([^'"`]+)['"`]/g,
];

/** Every module that a package's files name, types included. */
function importsOf(name: string): Import[] {
  const folder = join(packagesFolder, name);
  return ['src', 'test']
    .flatMap((part) => filesBelow(join(folder, part)).map((file) => `${part}/${file}`))
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
      return PATTERNS.flatMap((pattern) => [...text.matchAll(pattern)]).map((match) => ({
        file,
        specifier: match[1],
      }));
    });
}

const isShipped = ({ file }: Import) => file.startsWith('src/') && !file.endsWith('.test.ts');
const isRelative = ({ specifier }: Import) => specifier.startsWith('.');
const isWeft = ({ specifier }: Import) => specifier.startsWith('@weft/');
/** `@scope/name` or `name`, without a path inside the package. */
const packageOf = ({ specifier }: Import) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

it('knows every package', () => {
  expect(Object.keys(MAY_IMPORT).sort()).toEqual(packageNames);
});

describe.each(packageNames)('@weft/%s', (name) => {
  const imports = importsOf(name);
  const manifest = JSON.parse(readFileSync(join(packagesFolder, name, 'package.json'), 'utf8'));
  const dependencies = Object.keys(manifest.dependencies ?? {});
  const named = (others: readonly string[] = []) => others.map((other) => `@weft/${other}`);
  const allowed = named(MAY_IMPORT[name]);
  const allowedInTests = [...allowed, ...named(TESTS_MAY_IMPORT[name])];

  it('imports packages of Weft one way', () => {
    expect(imports).not.toEqual([]);
    const isAllowed = (each: Import) => (isShipped(each) ? allowed : allowedInTests).includes(packageOf(each));
    expect(imports.filter((each) => isWeft(each) && !isAllowed(each))).toEqual([]);
    expect(dependencies.filter((each) => each.startsWith('@weft/') && !allowed.includes(each))).toEqual([]);
  });

  it("reaches past no package's entries", () => {
    const deep = imports.filter(
      (each) => isWeft(each) && ![packageOf(each), ...SECOND_ENTRIES].includes(each.specifier),
    );
    const outside = imports.filter((each) => {
      const folder = isShipped(each) ? 'src/' : '';
      const target = normalize(join(dirname(each.file), each.specifier));
      return isRelative(each) && (!target.startsWith(folder) || target.startsWith('..'));
    });
    expect([...deep, ...outside]).toEqual([]);
  });

  it('names files as Node finds them', () => {
    expect(imports.filter((each) => isRelative(each) && !/\.js(on)?$/.test(each.specifier))).toEqual([]);
    expect(imports.filter(({ specifier }) => builtinModules.includes(specifier))).toEqual([]);
  });

  it('depends on what it imports', () => {
    const foreign = imports.filter((each) => isShipped(each) && !isRelative(each) && !/^node:/.test(each.specifier));
    expect(foreign.filter((each) => !dependencies.includes(packageOf(each)))).toEqual([]);
  });
});

it.each([
  ['core', 100],
  ['nn', 30],
  ['formats', 5],
  ['models', 1],
  ['analysis', 5],
  ['train', 50],
  ['web', 15],
])('@weft/%s imports nothing of Node, so that it runs in a browser', (name, least) => {
  const imports = importsOf(name).filter(isShipped);
  expect(imports.length).toBeGreaterThan(least);
  expect(imports.filter(({ specifier }) => specifier.startsWith('node:'))).toEqual([]);
});

it("core's compositions import operations, never the other way round", () => {
  const imports = importsOf('core').filter(isShipped);
  const between = (from: string, to: string) =>
    imports.filter(({ file, specifier }) => file.startsWith(`src/${from}/`) && specifier.includes(`../${to}/`));
  expect(between('operations', 'compositions')).toEqual([]);
  expect(between('compositions', 'operations').length).toBeGreaterThan(10);
});

it("data's pictures import nothing of Node, so that a browser reads them", () => {
  const imports = importsOf('data').filter((each) => isShipped(each) && each.file.startsWith('src/pictures/'));
  expect(imports.length).toBeGreaterThan(30);
  expect(imports.filter(({ specifier }) => specifier.startsWith('node:'))).toEqual([]);
  const outside = imports.filter(
    (each) => isRelative(each) && !normalize(join(dirname(each.file), each.specifier)).startsWith('src/pictures/'),
  );
  expect(outside).toEqual([]);
});

it("data's entry for browsers imports nothing of Node, however far its imports lead", () => {
  const imports = importsOf('data').filter(isShipped);
  const reached = new Set(['src/browser.ts']);
  for (const file of reached) {
    for (const each of imports.filter((other) => other.file === file && isRelative(other))) {
      reached.add(normalize(join(dirname(file), each.specifier)).replace(/\.js$/, '.ts'));
    }
  }
  expect(reached.size).toBeGreaterThan(30);
  const ofNode = imports.filter(({ file, specifier }) => reached.has(file) && specifier.startsWith('node:'));
  expect(ofNode).toEqual([]);
});
