import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { tensor } from '../packages/core/src/index.js';
import { differenceOf, isValue } from './support/docstrings/compare.js';
import { allExamples, blocksOf, moduleOf, publicNames } from './support/docstrings/examples.js';
import { entries } from './support/docstrings/exports.js';
import { checksAt, recorderOf } from './support/docstrings/recorder.js';
import { packageNames } from './support/packages.js';

/**
 * The law: each public value has an example, and each example is compiled, runs, and gives what its comments say.
 *
 * - Public is what an entry point of a package exports. Types and interfaces need no example; nor do classes of errors,
 *   which users catch and do not construct.
 * - An example implies the imports of all names that packages export. It declares everything else itself.
 * - A comment at the end of a statement that begins like a value is compared with the statement's value, numbers as far
 *   as they are written; one after `console.log` with what is printed; after `throws RangeError` or the like, the
 *   statement must throw this error. Any other comment is prose.
 */
const examples = allExamples();

/** Examples that are compiled only, by package and name, and why they cannot run here. Those of pages run in a page. */
const COMPILED_ONLY: Readonly<Record<string, string>> = {
  'cluster Registry': 'needs a NATS server',
  'cluster cluster': 'needs a NATS server',
  'cluster clusterExecutor': 'needs a NATS server',
  'cluster clusterStatus': 'needs a NATS server',
  'cluster connect': 'needs a NATS server',
  'cluster serveTrials': 'needs a NATS server',
  'cluster serveWorker': 'needs a NATS server',
  'data loadFashionMnist': 'needs 30 MB that are not in the repository',
  'formats decodeExploration': 'reads a file of a run',
  'report parseRunRecord': 'reads a file of a run',
  'report renderReport': 'reads a file of a run',
};

const root = fileURLToPath(new URL('..', import.meta.url));
const recorder = join(root, 'tests/support/docstrings/recorder.js');
const folder = mkdtempSync(join(tmpdir(), 'weft-docstrings-'));
const fileOf = new Map(examples.map((example, index) => [example, join(folder, `${example.packageName}-${index}.ts`)]));
const isRun = ({ packageName, name }: (typeof examples)[number]) =>
  packageName !== 'web' && !(`${packageName} ${name}` in COMPILED_ONLY);

afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => {
  for (const [example, file] of fileOf) writeFileSync(file, moduleOf(example, recorder));
  // What packages of others an example imports, such as ndarray.
  symlinkSync(join(root, 'packages/core/node_modules'), join(folder, 'node_modules'));
  const compilerOptions = {
    noEmit: true,
    lib: ['ES2023', 'DOM'],
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
    customConditions: ['weft-source'],
    noUnusedLocals: false,
    noUnusedParameters: false,
  };
  const config = { extends: join(root, 'tsconfig.json'), compilerOptions, include: [folder] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ ...config, files: undefined }));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});

describe.each(packageNames)('@weft/%s', (packageName) => {
  const names = publicNames(packageName);
  const withExample = names.filter(({ docstring }) => blocksOf(docstring).length > 0).map(({ name }) => name);

  it('exports what the parser sees', async () => {
    const seen = new Set(names.filter(({ isType }) => !isType).map(({ name }) => name));
    for (const { path } of entries.filter((entry) => entry.packageName === packageName)) {
      const values = Object.keys(await import(path));
      const others = packageNames.flatMap((other) => publicNames(other).map(({ name }) => name));
      expect(values.filter((name) => !seen.has(name) && !others.includes(name))).toEqual([]);
    }
  });

  it('has an example for each value that it exports', async () => {
    const own = entries.filter((entry) => entry.packageName === packageName);
    const modules = await Promise.all(own.map(({ path }) => import(path)));
    const valueNamed = (name: string) => modules.find((module) => name in module)?.[name];
    const isError = (name: string) => valueNamed(name)?.prototype instanceof Error;
    const needed = names.filter(({ name, isType }) => !isType && !isError(name)).map(({ name }) => name);
    const missing = needed.filter((name) => !withExample.includes(name));
    expect(missing.sort()).toEqual([]);
  });

  it('has examples that give what they say', async () => {
    const home = process.cwd();
    const place = join(folder, packageName);
    mkdirSync(place);
    process.chdir(place);
    // What a progress bar writes is not for the reader of tests.
    const silent = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const problems: string[] = [];
    for (const example of examples.filter((each) => each.packageName === packageName && isRun(each))) {
      const where = `${example.place} (${example.name})`;
      const failure = await import(fileOf.get(example)!).then(
        () => undefined,
        (error) => `fails: ${error}`,
      );
      const differences = failure ? [failure] : checksAt(example.place).map(differenceOf);
      problems.push(...differences.flatMap((difference) => (difference ? [`${where} ${difference}`] : [])));
    }
    silent.mockRestore();
    process.chdir(home);
    expect(problems).toEqual([]);
  });
});

it('examples are compiled', () => {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', folder], { cwd: folder, encoding: 'utf8' });
  const places = new Map(
    [...fileOf].map(([{ place, name }, file]) => [file.slice(folder.length + 1), `${place} (${name})`]),
  );
  const complaints = stdout.replace(/^(\S+?\.ts)(?=\()/gm, (file) => places.get(file) ?? file);
  expect({ status, complaints }).toEqual({ status: 0, complaints: '' });
});

it('lists no example that is not there', () => {
  const there = examples.map(({ packageName, name }) => `${packageName} ${name}`);
  expect(Object.keys(COMPILED_ONLY).filter((name) => !there.includes(name))).toEqual([]);
});

it('most examples say a value', () => {
  const checked = examples
    .filter(isRun)
    .filter(({ code }) => code.split('\n').some((line) => isValue(line.split(' // ')[1] ?? '')));
  expect(checked.length).toBeGreaterThan(0.8 * examples.length);
});

describe('a comment', () => {
  const differs = (said: string, value: unknown) => differenceOf({ said, value }) !== undefined;

  it('agrees with the value as far as it is written', () => {
    expect(differs('[1, -0.33, 2/3]', Float32Array.of(1, -1 / 3, 2 / 3))).toBe(false);
    expect(differs('[1, -0.34, 2/3]', Float32Array.of(1, -1 / 3, 2 / 3))).toBe(true);
    expect(differs('2.5e-3', 0.00251)).toBe(false);
    expect(differs('2.5e-3', 0.0026)).toBe(true);
    expect(differs('3', 3.001)).toBe(true);
    expect(differs('NaN', Number.NaN)).toBe(false);
  });

  it('agrees in lengths, keys, words and shapes', () => {
    expect(differs('[1, 2]', [1, 2, 3])).toBe(true);
    expect(differs('{ a: 1 }', { a: 1, b: 2 })).toBe(true);
    expect(differs("'abc'", 'abd')).toBe(true);
    expect(differs('[1, 2, 3, 4]', tensor([[1, 2], [3, 4]]))).toBe(true); // biome-ignore format: as a matrix
    expect(differs('[[1, 2], [3, 4]]; row by row', tensor([[1, 2], [3, 4]]))).toBe(false); // biome-ignore format: as a matrix
  });

  it('that begins like a value and is none is refused; prose is not compared', () => {
    expect(differs('[1000] by [2] are many', [1000])).toBe(true);
    expect(differs('up to 18 degrees', 3)).toBe(false);
  });

  it('may say what is thrown', async () => {
    const { thrown } = recorderOf('there');
    const fail = () => Promise.reject(new RangeError('too large'));
    await thrown(fail, 'throws RangeError');
    await thrown(fail, 'throws TypeError');
    await thrown(async () => {}, 'throws RangeError');
    expect(checksAt('there').map(differenceOf)).toEqual([
      undefined,
      'says "throws TypeError" but throws RangeError',
      'says "throws RangeError" but throws nothing',
    ]);
  });

  it('after console.log is what is printed', () => {
    const { console, printed } = recorderOf('here');
    console.log(1, [3]);
    printed('1 [ 3 ]');
    printed('1 [ 2 ]');
    expect(checksAt('here').map(differenceOf)).toEqual([undefined, 'says "1 [ 2 ]" but prints "1 [ 3 ]"']);
  });
});
