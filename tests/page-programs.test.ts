import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageNames } from './support/packages.js';
import { blocksIn, RUN_AS_STRANGER } from './support/page-programs.js';

// Every program on a page of the site is run by a test, or at least compiled here; every command has its options.

/** Pages with a test of their own, which applies their programs or runs their commands. */
const TESTED_ALONE = ['docs/ARCHITECTURE.md', ...RUN_AS_STRANGER];

/** What programs that are parts of others are given, by page; a program without it is whole. */
const GIVEN: Readonly<Record<string, string>> = {
  'docs/BROWSER.md 1': 'declare const pixels: Uint8Array<ArrayBuffer>, labels: Int32Array<ArrayBuffer>;',
  'docs/BROWSER.md 3': `import { fit } from '@weft/web';
    declare const model: import('@weft/web').Model, data: import('@weft/web').Examples;`,
  'docs/CLUSTER.md 1': `declare const model: import('@weft/nn').Model, data: import('@weft/pool').Examples;`,
  'docs/PICTURES.md 2': `declare const autoencoder: import('@weft/nn').Model;`,
  'packages/analysis/README.md 1':
    'declare const images: Float32Array, reconstructions: Float32Array, latents: Float32Array;',
  'packages/models/README.md 1': 'declare const x: Float32Array;',
  'packages/report/README.md 1': `declare const { dataset, samples, cae, cdae, latent }: Required<import('@weft/report').FigureInputs>;`,
  'packages/report/README.md 2': 'declare const scores: Float64Array, labels: number[], notes: string[];',
  'packages/report/README.md 3': `declare const errors: Float64Array, name: string, title: string;
    declare const dataset: import('@weft/report').DatasetInfo;
    declare const imagesAt: (indices: readonly number[]) => import('@weft/report').Images;
    declare const reconstructionsAt: typeof imagesAt;
    import { readFile, writeFile } from 'node:fs/promises';`,
  'packages/train/README.md 1': `declare const model: import('@weft/nn').Model, x: Float32Array, y: Float32Array;
    declare const runtime: import('@weft/train/runtime').Runtime;`,
};

/** Whole programs that run elsewhere than in Node, and where a test runs the like. */
const IN_A_PAGE = ['packages/web/README.md 1', 'docs/BROWSER.md 2'];

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'weft-pages-'));
// Files that programs write go there.
beforeAll(() => process.chdir(folder));
afterAll(() => {
  process.chdir(root);
  rmSync(folder, { recursive: true });
});

const programs = blocksIn('ts', 'js')
  .filter(({ page }) => !TESTED_ALONE.includes(page))
  .map(({ page, number, code }) => ({
    name: `${page} ${number}`,
    code,
    file: `${page.replace(/\W/g, '-')}-${number}.ts`,
  }));

beforeAll(() => {
  mkdirSync(join(folder, 'node_modules/@weft'), { recursive: true });
  for (const name of packageNames) symlinkSync(join(root, 'packages', name), join(folder, 'node_modules/@weft', name));
  for (const { name, code, file } of programs) writeFileSync(join(folder, file), `${GIVEN[name] ?? ''}\n${code}`);
  const compilerOptions = {
    noEmit: true,
    lib: ['ES2023', 'DOM', 'ESNext.Disposable'],
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
    customConditions: ['weft-source'],
    noUnusedLocals: false,
  };
  const config = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['*.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ ...config, files: undefined }));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});

describe('programs on pages', () => {
  it('are compiled', () => {
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', folder], { cwd: folder, encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  it.each(programs.filter(({ name }) => !(name in GIVEN) && !IN_A_PAGE.includes(name)))(
    '$name runs',
    async ({ file }) => {
      await import(join(folder, file));
    },
  );

  it('are not named here after they have gone', () => {
    const names = programs.map(({ name }) => name);
    expect([...Object.keys(GIVEN), ...IN_A_PAGE].filter((name) => !names.includes(name))).toEqual([]);
    expect(blocksIn('ts', 'js').length).toBeGreaterThan(programs.length + 10);
  });
});

describe('commands on pages', () => {
  const lines = blocksIn('sh').flatMap(({ page, code }) =>
    code.split('\n').flatMap((line) => {
      const words = /^(?:npx (?:--yes )?(?:pnpm )?)?weft (.*?)(?:\s+#.*)?$/.exec(line)?.[1].split(' ') ?? [];
      return words.length > 0
        ? [{ page, line, command: words[0], options: words.filter((word) => /^--\w/.test(word)) }]
        : [];
    }),
  );
  const help = new Map<string, string>();
  const helpOf = (command: string) => {
    const text =
      help.get(command) ??
      execFileSync(process.execPath, [join(root, 'packages/cli/bin/weft.js'), command, '--help'], { encoding: 'utf8' });
    help.set(command, text);
    return text;
  };

  it.each(lines)('$page: $line', ({ command, options }) => {
    expect(options.filter((option) => !helpOf(command).includes(`  ${option} `))).toEqual([]);
  });

  it('are found', () => {
    expect(lines.length).toBeGreaterThan(8);
  });

  it('of pnpm are scripts of the workspace', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const called = blocksIn('sh').flatMap(({ code }) =>
      [...code.matchAll(/^npx (?:--yes )?pnpm ([\w:-]+)/gm)].map(([, name]) => name),
    );
    expect(called.length).toBeGreaterThan(3);
    expect(called.filter((name) => !(name in scripts))).toEqual([]);
  });
});
