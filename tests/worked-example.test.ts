import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(join(root, 'docs/ARCHITECTURE.md'), 'utf8');
const section = page.split('\n## Adding an operation, a layer, a loss\n')[1].split('\n## ')[0];

/** What a block's first line says: a file, and where in it the block belongs. */
const blocks = [...section.matchAll(/```ts\n\/\/ (\S+), (a new file|at the end|after "(.*)")\n([\s\S]*?)```/g)].map(
  ([, path, place, after, code]) => ({ path, place, after, code }),
);

/** What the page says that the compiler says. */
const complaints = section.split('```text\n')[1].split('\n```')[0].split('\n');

describe('the worked example in docs/ARCHITECTURE.md', () => {
  const copy = mkdtempSync(join(tmpdir(), 'weft-example-'));
  afterAll(() => rmSync(copy, { recursive: true }));

  beforeAll(() => {
    cpSync(join(root, 'tsconfig.json'), join(copy, 'tsconfig.json'));
    for (const name of ['core', 'nn']) {
      const [from, to] = [join(root, 'packages', name), join(copy, 'packages', name)];
      for (const part of ['src', 'package.json', 'tsconfig.json', 'tsconfig.build.json']) {
        cpSync(join(from, part), join(to, part), { recursive: true });
      }
    }
    symlinkSync(join(root, 'packages/core/node_modules'), join(copy, 'packages/core/node_modules'));
    mkdirSync(join(copy, 'node_modules/@weft'), { recursive: true });
    symlinkSync(join(root, 'node_modules/@types'), join(copy, 'node_modules/@types'));
    for (const name of ['core', 'nn'])
      symlinkSync(join(copy, 'packages', name), join(copy, 'node_modules/@weft', name));
  });

  function write({ path, place, after, code }: (typeof blocks)[number]) {
    const file = join(copy, path);
    if (place === 'a new file') return writeFileSync(file, code);
    const text = readFileSync(file, 'utf8');
    if (!after) return writeFileSync(file, `${text}${code}`);
    const [before, rest] = text.split(after);
    const end = rest.indexOf('\n') + 1;
    return writeFileSync(file, `${before}${after}${rest.slice(0, end)}${code}${rest.slice(end)}`);
  }

  function compile(name: string) {
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const folder = join(copy, 'packages', name);
    const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
      cwd: folder,
      encoding: 'utf8',
    });
    return { isFine: status === 0, stdout };
  }

  it('names at most two files for each addition', () => {
    const files = (folder: string) =>
      [...new Set(blocks.map(({ path }) => path))].filter((p) => dirname(p).includes(folder));
    expect(files('core/src')).toHaveLength(2);
    expect(files('nn/src/layers')).toHaveLength(2);
    expect(files('nn/src/losses')).toHaveLength(1);
    expect(blocks).toHaveLength(5);
  });

  it('compiles once all places are filled; until then the compiler says what the page says', () => {
    const [record, webAssembly, ...others] = blocks;
    write(record);
    const { isFine, stdout } = compile('core');
    expect(isFine).toBe(false);
    expect(complaints.filter((line) => !stdout.includes(line))).toEqual([]);
    for (const block of [webAssembly, ...others]) write(block);
    expect([compile('core'), compile('nn')]).toEqual([
      { isFine: true, stdout: '' },
      { isFine: true, stdout: '' },
    ]);
  });

  it('runs: both kernels, the gradient, the layer from its config, the loss', () => {
    const program = join(copy, 'program.mjs');
    writeFileSync(
      program,
      `import { compute, grad, tensor } from '@weft/core';
       import { charbonnier, modelFromConfig, Scale, Sequential } from '@weft/nn';
       const values = [-1, 0, 0.5, 6, 7, NaN];
       const x = tensor(values);
       const kernels = ['wasm', 'reference'].map((kernels) => [...compute([tensor(values).relu6()], { kernels })[0]]);
       const model = modelFromConfig(new Sequential([new Scale()], { inputShape: [2] }).config());
       model.weights[0].weight.assign([2, 3]);
       console.log(JSON.stringify({
         kernels,
         gradient: [...grad(x.relu6().sum(), [x])[0].toArray()],
         layer: [...model.call(tensor([[1, 1]])).toArray()],
         loss: [...charbonnier(tensor([[0, 1], [1000, 0]]), tensor([[0, 0], [0, 0]])).toArray()],
       }));`,
    );
    const { kernels, gradient, layer, loss } = JSON.parse(
      execFileSync(process.execPath, [program], { cwd: copy, encoding: 'utf8' }),
    );
    expect(kernels).toEqual([
      [0, 0, 0.5, 6, 6, null],
      [0, 0, 0.5, 6, 6, null],
    ]);
    expect(gradient).toEqual([0, 0, 1, 0, 0, 0]);
    expect(layer).toEqual([2, 3]);
    expect(loss[0]).toBeCloseTo((1e-3 + Math.sqrt(1 + 1e-6)) / 2, 6);
    expect(loss[1]).toBeCloseTo((1000 + 1e-3) / 2, 3);
  });
});
