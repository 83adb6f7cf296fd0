import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installPackages, PACK, packPackages } from '../scripts/packages.js';
import { filesBelow, packageNames, packagesFolder } from './support/packages.js';

/** Bytes that a tarball may have: about half as much again as when the budget was last looked at. */
const BUDGETS: Readonly<Record<string, number>> = {
  analysis: 70_000,
  cli: 256_000,
  cluster: 200_000,
  core: 220_000,
  data: 168_000,
  formats: 200_000,
  models: 34_000,
  nn: 190_000,
  pool: 40_000,
  report: 132_000,
  study: 76_000,
  train: 142_000,
  web: 237_000,
};

/** A program that a bundler puts into one file. */
const TRAINING = `
import { Dense, fit, Sequential } from '@weft/pool';
const model = new Sequential([new Dense({ units: 1 })], { inputShape: [1] });
const x = Float32Array.of(1, 2, 3, 4);
fit(model, { x, y: x }, { epochs: 2, threads: 2 }).then(({ history }) => {
  console.log('trained ' + history.loss.length + ' epochs');
});
`;

/** Native helpers of other people's packages, which are optional: npm goes on where they do not install. */
const OPTIONAL = ['piscina: @napi-rs/nice'];

const root = join(packagesFolder, '..');
const readText = (path: string) => readFileSync(join(root, path), 'utf8');

const temporary = mkdtempSync(join(tmpdir(), 'weft-packaging-'));
const tarballs = packPackages(join(temporary, 'tarballs'));
afterAll(() => rmSync(temporary, { recursive: true }));

describe('what README says to pack with', () => {
  it('is how these tarballs are made', () => {
    const [, command] = /`npx pnpm build && npx pnpm ([^`]+ pack)`/.exec(readText('README.md')) ?? [];
    expect(command?.replaceAll('"', '').split(' ')).toEqual(PACK);
  });

  it('packs every package that may be published, and nothing else', () => {
    const folders = ['.', ...readdirSync(root), ...packageNames.map((name) => `packages/${name}`)];
    const paths = folders.map((folder) => join(folder, 'package.json')).filter((path) => existsSync(join(root, path)));
    const manifests = paths.map((path) => JSON.parse(readText(path)));
    const isPrivate = manifests.filter(({ private: each }) => each === true);
    expect(isPrivate.length).toBeGreaterThan(3);
    const names = manifests.filter((manifest) => !isPrivate.includes(manifest)).map(({ name }) => name);
    expect([...tarballs.keys()].sort()).toEqual(names.sort());
    expect(names).toEqual(packageNames.map((name) => `@weft/${name}`));
    expect(readdirSync(join(temporary, 'tarballs'))).toHaveLength(names.length);
  });
});

describe.each(packageNames)('@weft/%s', (name) => {
  const tarball = new Uint8Array(readFileSync(tarballs.get(`@weft/${name}`) as string));
  const content = createPackageFromTarballData(tarball);
  const prefix = `/node_modules/@weft/${name}/`;
  const files = content.listFiles().map((path) => path.slice(prefix.length));
  const read = (path: string) => content.readFile(prefix + path);
  const manifest = JSON.parse(read('package.json'));

  it('holds what is built from its sources, README, LICENSE and nothing else', () => {
    const built = filesBelow(join(packagesFolder, name, 'src'))
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
      // They are one text, in page/explore-script.js.
      .filter((path) => name !== 'report' || !path.startsWith('explore/'))
      .flatMap((path) => ['.js', '.d.ts'].map((end) => `dist/${path.replace(/\.ts$/, end)}`));
    const commands = Object.values<string>(manifest.bin ?? {}).map((path) => path.replace('./', ''));
    expect(files.sort()).toEqual([...built, ...commands, 'LICENSE', 'README.md', 'package.json'].sort());
  });

  it('bears the licence of the repository', () => {
    expect(read('LICENSE')).toBe(readText('LICENSE'));
    expect(manifest.license).toBe('MIT');
  });

  it('is an ES module without side effects', () => {
    expect(manifest).toMatchObject({ type: 'module', sideEffects: false, engines: { node: '>=20.19' } });
  });

  it('exports files that are in it, and no sources', () => {
    const targets = (entry: unknown): string[] =>
      typeof entry === 'string' ? [entry] : Object.values(entry as object).flatMap(targets);
    const exported = targets(manifest.exports);
    expect(exported).toContain('./dist/index.js');
    expect(files).toEqual(expect.arrayContaining(exported.map((path) => path.replace('./', ''))));
    expect(exported.filter((path) => path.includes('src'))).toEqual([]);
  });

  it('has nothing that publint finds', async () => {
    const { messages } = await publint({ pack: { tarball: tarball.buffer }, strict: true });
    expect(messages).toEqual([]);
  });

  it('has types for whoever imports it', async () => {
    const result = await checkPackage(content);
    if (!result.types) throw new Error('The package has no types.');
    // ES modules only: neither `require` nor resolution from before `exports` is supported.
    const isSupported = (kind?: string) => kind !== 'node10' && kind !== 'node16-cjs';
    const problems = result.problems.filter(
      (problem) => !('resolutionKind' in problem) || isSupported(problem.resolutionKind),
    );
    expect(problems).toEqual([]);
  });

  it('stays within its size budget', () => {
    expect(tarball.length).toBeLessThanOrEqual(BUDGETS[name]);
  });
});

describe('all packages, installed with npm in an empty folder', () => {
  const folder = join(temporary, 'project');
  beforeAll(() => {
    mkdirSync(folder);
    installPackages(folder, tarballs, [...tarballs.keys()]);
  });
  const installed = (): [string, { hasInstallScript?: boolean; optionalDependencies?: object }][] => {
    const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
    return Object.entries<object>(lock.packages).filter(([path]) => path !== '');
  };

  it('can be imported', () => {
    const names = [...tarballs.keys()];
    const program = names.map((name) => `await import('${name}');`).join('\n');
    execFileSync(process.execPath, ['--input-type=module', '--eval', program], { cwd: folder });
    expect(installed().map(([path]) => path)).toEqual(expect.arrayContaining(names.map((n) => `node_modules/${n}`)));
  });

  describe.each(['esm', 'cjs'] as const)('as a bundle (%s)', (format) => {
    const file = join(folder, `bundle.${format === 'esm' ? 'mjs' : 'cjs'}`);
    beforeAll(async () => {
      writeFileSync(join(folder, 'app.js'), TRAINING);
      const bundle = await rolldown({
        input: join(folder, 'app.js'),
        platform: 'node',
        cwd: folder,
        logLevel: 'silent',
      });
      await bundle.write({ file, format, codeSplitting: false });
      expect(readFileSync(file, 'utf8')).not.toMatch(/(?:from|require\()\s*["']@weft/);
    });

    it('train on worker threads where the packages are installed', () => {
      expect(execFileSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' })).toBe('trained 2 epochs\n');
    });

    it('say what to do where they are not', () => {
      const elsewhere = join(mkdtempSync(join(temporary, 'elsewhere-')), basename(file));
      copyFileSync(file, elsewhere);
      // What starts the tests may have Node look for packages in this repository.
      const { NODE_PATH: _, ...env } = process.env;
      const options = { cwd: dirname(elsewhere), encoding: 'utf8', env } as const;
      const { status, stderr } = spawnSync(process.execPath, [elsewhere], options);
      expect(status).toBe(1);
      expect(stderr).toContain('its worker threads begin in files of their own. Install it where the bundle runs: npm');
    });
  });

  describe('a page that uses three layers', () => {
    const used = ['Dense', 'Flatten', 'Activation'];
    /** What a bundler makes of a program of a model of these layers. */
    async function bundled(layers: readonly string[]): Promise<string> {
      const options: Readonly<Record<string, string>> = { Dense: '{ units: 1 }', Activation: "{ activation: 'relu' }" };
      const built = layers.map((name) => `new ${name}(${options[name] ?? ''})`);
      const page = join(folder, `page-${layers.length}.js`);
      writeFileSync(
        page,
        `import { ${layers.join(', ')}, Sequential } from '@weft/nn';\n` +
          `console.log(new Sequential([${built}], { inputShape: [2] }).call);\n`,
      );
      const bundle = await rolldown({ input: page, platform: 'browser', cwd: folder, logLevel: 'silent' });
      const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
      return output[0].code;
    }
    const layersIn = (code: string) => [...code.matchAll(/extends .*Of\("(\w+)"/g)].map(([, name]) => name).sort();

    it('pays for these three, and for no other', async () => {
      const [three, two] = [await bundled(used), await bundled(used.slice(1))];
      expect(layersIn(three)).toEqual([...used].sort());
      expect(layersIn(two)).toEqual(used.slice(1).sort());
      // A layer and the product of matrices that it uses, with their comments; the rest is what every model needs.
      expect(three.length - two.length).toBeLessThan(6000);
    });
  });

  it('run no script when they are installed', () => {
    const scripted = installed().filter(([, entry]) => entry.hasInstallScript === true);
    expect(scripted.map(([path]) => path)).toEqual([]);
  });

  it('have no native part', () => {
    const native = filesBelow(join(folder, 'node_modules')).filter((path) => /\.(node|gyp|so|dylib|dll)$/.test(path));
    expect(native).toEqual([]);
    const optional = installed().flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).map((name) => `${path.replace(/^.*node_modules\//, '')}: ${name}`),
    );
    expect(optional.filter((each) => !each.startsWith('@napi-rs/'))).toEqual(OPTIONAL);
  });
});
