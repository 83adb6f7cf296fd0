import { join } from 'node:path';
import { BatchNormalization, Dense, Sequential, saveModel } from '@weft/pool';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder, weft } from './support/weft.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

describe('weft explain', () => {
  test('shows passes, cut and stages of the CAE within a screen or two, in lines of at most 100 letters', async () => {
    const { code, stdout, stderr } = await weft(['explain']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe('CAE: 74,497 trainable weights, trained with mean squared error and Adam.');
    expect(lines.length).toBeLessThan(60);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
    const rowOf = (pass: string) => lines.find((line) => line.startsWith(`  ${pass} `)) ?? '';
    for (const pass of ['trace', 'lower-convolutions', 'differentiate', 'cut', 'fuse', 'schedule']) {
      expect(rowOf(pass), pass).toMatch(/ \d+ /);
    }
    expect(rowOf('simplify-2')).toContain('As simplify.');
    expect(stdout).toContain('Cut into 16 micro-batches of 16 examples');
    expect(stdout).toContain('adds up: 10 gradients, loss');
    expect(stdout).not.toContain('%0');
  });

  test('shows the program after a pass that is named', async () => {
    const { stdout } = await weft(['explain', '--model', 'cdae', '--batch-size', '32', '--pass', 'fuse']);
    expect(stdout).toContain('CDAE: 74,497');
    const [, program] = stdout.split('after fuse:\n');
    expect(program).toMatch(/^%0 = input : /);
    expect(program).toMatch(/kernel matmul/);
    // Noise is a part of the program.
    expect(program).toContain('random');
  });

  test('prints all of it as JSON for programs, with the program where it was asked for', async () => {
    const { stdout } = await weft(['explain', '--batch-size', '64', '--json', '--pass', 'schedule']);
    const { model, weights, updates } = JSON.parse(stdout);
    expect({ model, weights }).toEqual({ model: 'CAE', weights: 74_497 });
    const [{ batchSize, microBatchSize, passes, stages }] = updates;
    expect(batchSize % microBatchSize).toBe(0);
    expect(passes[0]).toMatchObject({ pass: 'trace', multiplyAccumulates: 0 });
    expect(passes[0].operations).toBeGreaterThan(10);
    expect(stages.map(({ kind }: { kind: string }) => kind)).toEqual(['micro', 'sums', 'update', 'finish']);
    const texts = stages[0].passes.map(({ program }: { program?: string }) => program);
    expect(texts).toEqual([undefined, undefined, expect.stringContaining('kernel'), undefined]);
  });

  test('explains a model from a file, with its phases', async () => {
    const file = join(folder.path, 'mine.safetensors');
    const layers = [new Dense({ units: 8 }), new BatchNormalization(), new Dense({ units: 3 })];
    await saveModel(file, new Sequential(layers, { inputShape: [5], name: 'mine' }));
    const { code, stdout } = await weft(['explain', 'mine.safetensors'], { cwd: folder.path });
    expect(code).toBe(0);
    expect(stdout).toContain('mine: 91 trainable weights');
    expect(stdout).toContain('Behind phase 1: the whole batch, on one worker');
    expect(stdout).toContain('keeps for each example: float32[256,8]');
  });

  test('names the passes where one is asked for that there is not', async () => {
    const { code, stderr } = await weft(['explain', '--pass', 'fusion']);
    expect(code).toBe(2);
    expect(stderr).toContain("there is no pass 'fusion'. The passes are trace, simplify,");
  });
});
