import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path/posix';
import { describe, expect, it } from 'vitest';
import { filesBelow, packageNames, packagesFolder } from './support/packages.js';

/** Whom a package may import, directly: one way only, so that there is no cycle of packages. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  data: ['core'],
  models: ['core'],
  analysis: ['core'],
  pool: ['models', 'core'],
  report: ['analysis', 'core'],
  cli: ['report', 'analysis', 'pool', 'models', 'data', 'core'],
};

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
  const allowed = MAY_IMPORT[name].map((other) => `@weft/${other}`);

  it('imports packages of Weft one way', () => {
    expect(imports).not.toEqual([]);
    expect(imports.filter((each) => isWeft(each) && !allowed.includes(packageOf(each)))).toEqual([]);
    expect(dependencies.filter((each) => each.startsWith('@weft/') && !allowed.includes(each))).toEqual([]);
  });

  it("reaches past no package's index.ts", () => {
    const deep = imports.filter((each) => isWeft(each) && packageOf(each) !== each.specifier);
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

it('@weft/core imports nothing of Node, so that it runs in a browser', () => {
  const imports = importsOf('core').filter(isShipped);
  expect(imports.length).toBeGreaterThan(100);
  expect(imports.filter(({ specifier }) => specifier.startsWith('node:'))).toEqual([]);
});
