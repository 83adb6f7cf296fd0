import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeSafetensors } from '@weft/formats';
import { parseRunRecord, type RunRecord } from '@weft/report';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Finished, temporaryFolder, weft } from './support/weft.js';

const SMALL = ['--dataset', 'synthetic', '--limit', '120', '--test-limit', '30', '--batch-size', '40', '--seed', '7'];
const EPOCHS = 2;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let finished: Finished;
let record: RunRecord;
const inRun = (...names: string[]) => join(folder.path, 'run', ...names);

beforeAll(async () => {
  folder = await temporaryFolder();
  const args = ['train', ...SMALL, '--epochs', String(EPOCHS), '--threads', '2', '--out', 'run', '--json'];
  finished = await weft(args, { cwd: folder.path });
  record = parseRunRecord(finished.stdout);
});
afterAll(() => folder.remove());

describe('weft train', () => {
  test('succeeds and prints run.json to stdout when asked for JSON, and nothing else', async () => {
    expect(finished.code).toBe(0);
    expect(finished.stdout).toBe(await readFile(inRun('run.json'), 'utf8'));
  });

  test('writes the folder that the design describes, and no half-written file', async () => {
    const figures = Array.from({ length: 8 }, (_, index) => `figure-${index + 1}`);
    expect((await readdir(inRun())).sort()).toEqual(
      [
        'cae.safetensors',
        'cdae.safetensors',
        'checkpoints',
        'figures',
        'metrics.csv',
        'options.json',
        'report.html',
        'run.json',
        'sessions.json',
      ].sort(),
    );
    expect((await readdir(inRun('figures'))).sort()).toEqual(
      [
        ...figures.flatMap((name) => [`${name}.png`, `${name}.svg`]),
        // Losses, errors and latents can be explored.
        ...[2, 4, 5, 7, 8].map((number) => `figure-${number}.json`),
      ].sort(),
    );
  });

  test('records the keys that other programs read', () => {
    const plain = JSON.parse(finished.stdout);
    expect(plain).toMatchObject({ formatVersion: 1, dataset: 'synthetic', options: { seed: 7, threads: 2 } });
    for (const key of ['cae', 'cdae']) {
      const { history, testError, weightsSha256 } = plain.models[key];
      expect(history.loss).toHaveLength(EPOCHS);
      expect(history.valLoss).toHaveLength(EPOCHS);
      expect([...history.loss, ...history.valLoss].every((loss) => loss > 0)).toBe(true);
      // Six steps do not make a good model, but each epoch makes a better one.
      expect(history.loss[1]).toBeLessThan(history.loss[0]);
      expect(history.valLoss[1]).toBeLessThan(history.valLoss[0]);
      const { mean, median, p95, max } = testError;
      expect(median).toBeLessThan(p95);
      expect(p95).toBeLessThanOrEqual(max);
      expect(mean).toBeLessThan(max);
      expect(weightsSha256).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(Object.keys(plain.seconds).sort()).toEqual(['analysis', 'cae', 'cdae', 'data', 'report', 'total']);
    expect(Object.values(plain.seconds).every(Number.isFinite)).toBe(true);
    expect(plain.peakMemoryBytes).toBeGreaterThan(50e6);
  });

  test('records every option as resolved', () => {
    expect(record.options).toMatchObject({
      model: 'all',
      dataset: 'synthetic',
      epochs: EPOCHS,
      batchSize: 40,
      validationSplit: 0.2,
      learningRate: 0.001,
      noiseFactor: 0.4,
      noisePerEpoch: false,
      limit: 120,
      testLimit: 30,
      quick: false,
      out: 'run',
    });
    expect(record.data).toMatchObject({ trainCount: 96, validationCount: 24, testCount: 30 });
  });

  test.each(['cae', 'cdae'] as const)(
    'hashes the bytes of the weights of %s in the order of their names',
    async (key) => {
      const { tensors } = decodeSafetensors(await readFile(inRun(`${key}.safetensors`)));
      const hash = createHash('sha256');
      for (const name of [...tensors.keys()].sort()) hash.update(tensors.get(name)!.data);
      expect(record.models[key]!.weightsSha256).toBe(hash.digest('hex'));
    },
  );

  test('logs each epoch of each model as it is recorded', async () => {
    const [header, ...lines] = (await readFile(inRun('metrics.csv'), 'utf8')).trimEnd().split('\n');
    expect(header).toBe('model,epoch,loss,val_loss,seconds,images_per_second');
    const losses = lines.map((line) => line.split(',').slice(0, 4));
    const expected = (['cae', 'cdae'] as const).flatMap((key) => {
      const { loss, valLoss } = record.models[key]!.history;
      return loss.map((value, epoch) => [key, String(epoch + 1), String(value), String(valLoss[epoch])]);
    });
    expect(losses).toEqual(expected);
  });

  test('draws figures that are PNGs of print size', async () => {
    for (let number = 1; number <= 8; number++) {
      const png = await readFile(inRun('figures', `figure-${number}.png`));
      expect(png.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
      const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
      expect(width).toBeGreaterThanOrEqual(1200);
      expect(width).toBeLessThanOrEqual(4000);
      expect(height).toBeGreaterThanOrEqual(500);
      expect(height).toBeLessThanOrEqual(4000);
    }
  });

  test('names the synthetic set in every figure, the report, run.json and on the terminal', async () => {
    const stand = /stand-in,? (and )?not Fashion-MNIST/;
    for (let number = 1; number <= 8; number++) {
      expect(await readFile(inRun('figures', `figure-${number}.svg`), 'utf8')).toMatch(stand);
    }
    expect(await readFile(inRun('report.html'), 'utf8')).toMatch(stand);
    expect(record.data.synthetic).toBe(true);
    expect(finished.stderr).toMatch(stand);
  });

  test('prints a line an epoch where stderr is no terminal, without codes for colours', () => {
    const lines = finished.stderr.split('\n');
    for (const title of ['CAE', 'CDAE']) {
      const epochs = lines.filter((line) => line.startsWith(`${title} `) && line.includes('val_loss'));
      expect(epochs).toHaveLength(EPOCHS);
    }
    expect(finished.stderr).not.toContain('\x1b');
    expect(finished.stderr).not.toContain('\r');
  });

  test('trains the same bits on another number of threads; --quiet says nothing', async () => {
    const args = ['train', ...SMALL, '--epochs', String(EPOCHS), '--threads', '1', '--quiet', '--out', 'one'];
    const { code, stdout, stderr } = await weft(args, { cwd: folder.path });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
    const one = parseRunRecord(await readFile(join(folder.path, 'one', 'run.json'), 'utf8'));
    for (const key of ['cae', 'cdae'] as const) {
      expect(one.models[key]!.weightsSha256).toBe(record.models[key]!.weightsSha256);
      expect(one.models[key]!.testError).toEqual(record.models[key]!.testError);
    }
    expect(one.models.cae!.weightsSha256).not.toBe(one.models.cdae!.weightsSha256);
  });

  test('trains with fast math and another convolution on request, and says so in run.json and the report', async () => {
    const args = ['train', ...SMALL, '--model', 'cae', '--epochs', '1', '--fast-math', '--convolution', 'winograd4'];
    const { code } = await weft([...args, '--out', 'fast', '--quiet'], { cwd: folder.path });
    expect(code).toBe(0);
    const text = await readFile(join(folder.path, 'fast', 'run.json'), 'utf8');
    const { numerics, options, models } = parseRunRecord(text);
    expect(numerics.mode).toBe('fast-math');
    expect(options).toMatchObject({ fastMath: true, convolution: 'winograd4' });
    expect(JSON.stringify(models.cae)).toContain('"algorithm":"winograd4"');
    const report = await readFile(join(folder.path, 'fast', 'report.html'), 'utf8');
    expect(report).toContain('Fast math was used');
    expect(record.numerics.mode).toBe('exact');
  });

  test('makes one batch of fewer images than a batch has, and complains of no batch size', async () => {
    const sizes = ['--limit', '4', '--test-limit', '2', '--epochs', '2'];
    const few = ['train', '--dataset', 'synthetic', '--model', 'cae', ...sizes];
    const runs = [
      ['default', []],
      ['quick', ['--quick']],
      ['given', ['--batch-size', '300']],
    ] as const;
    const hashes: string[] = [];
    for (const [out, more] of runs) {
      const { code, stderr } = await weft([...few, ...more, '--out', out], { cwd: folder.path });
      expect(code).toBe(0);
      expect(stderr.includes('batch')).toBe(out === 'given');
      if (out === 'given')
        expect(stderr).toContain('--batch-size 300: there are only 3 images to train on; all make one');
      const { options, models } = parseRunRecord(await readFile(join(folder.path, out, 'run.json'), 'utf8'));
      expect(options.batchSize).toBe(3);
      expect(models.cae!.steps).toBe(2);
      hashes.push(models.cae!.weightsSha256);
    }
    expect(new Set(hashes).size).toBe(1);
    const resumed = await weft(['train', '--resume', 'given', '--epochs', '3'], { cwd: folder.path });
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).not.toContain('batch');
  });

  test('replaces an earlier run in the same folder, with nothing of it left', async () => {
    const args = ['train', ...SMALL, '--epochs', '1', '--model', 'cdae', '--noise-per-epoch', '--out', 'one'];
    const { code, stdout, stderr } = await weft(args, { cwd: folder.path });
    expect(code).toBe(0);
    expect(stderr).toContain('one holds an earlier run');
    expect(stdout).toContain('one/report.html');
    expect(stdout).toContain('CDAE');
    const files = await readdir(join(folder.path, 'one'), { recursive: true });
    expect(files.filter((file) => file.includes('cae.') && !file.includes('cdae.'))).toEqual([]);
    const numbers = files.flatMap((file) => /figure-(\d)\.svg/.exec(file)?.[1] ?? []).sort();
    expect(numbers).toEqual(['1', '5', '6', '8']);
  });
});

describe('weft evaluate', () => {
  test('finds the numbers that the training recorded: the same images and the same noise', async () => {
    const args = ['evaluate', 'run', '--test-limit', '30', '--json', '--quiet'];
    const { code, stdout } = await weft(args, { cwd: folder.path });
    expect(code).toBe(0);
    const { dataset, models } = JSON.parse(stdout);
    expect(dataset).toBe('synthetic');
    expect(models).toHaveLength(2);
    for (const { name, testError, psnr, ssim, weightsSha256 } of models) {
      expect({ testError, psnr, ssim, weightsSha256 }).toEqual(
        JSON.parse(JSON.stringify(pick(record.models[name as 'cae' | 'cdae']!))),
      );
    }
  });

  test('prints a table for one file', async () => {
    const args = ['evaluate', inRun('cdae.safetensors'), '--test-limit', '30'];
    const { code, stdout } = await weft(args, { cwd: folder.path });
    expect(code).toBe(0);
    expect(stdout).toContain('stand-in, not Fashion-MNIST');
    expect(stdout).toContain(record.models.cdae!.testError.mean.toPrecision(4));
  });
});

describe('weft report', () => {
  test('writes the same report again, and names a figure that is gone', async () => {
    const before = await readFile(inRun('report.html'), 'utf8');
    await rm(inRun('report.html'));
    const again = await weft(['report', 'run'], { cwd: folder.path });
    expect(again).toEqual({ code: 0, stdout: 'Report: run/report.html\n', stderr: '' });
    expect(await readFile(inRun('report.html'), 'utf8')).toBe(before);
    await rm(inRun('figures', 'figure-3.svg'));
    await rm(inRun('figures', 'figure-7.json'));
    expect((await weft(['report', 'run'], { cwd: folder.path })).code).toBe(0);
    const after = await readFile(inRun('report.html'), 'utf8');
    expect(after).toContain('Figure 3 is missing');
    const explorable = (page: string) => page.match(/<script type="application\/json">/g)?.length;
    expect([explorable(before), explorable(after)]).toEqual([5, 4]);
  });
});

describe('weft info', () => {
  test("shows a run's models and results", async () => {
    const { code, stdout } = await weft(['info', 'run'], { cwd: folder.path });
    expect(code).toBe(0);
    expect(stdout).toContain('74,497');
    expect(stdout).toContain(record.models.cae!.weightsSha256);
    expect(stdout).toContain('30 test images');
  });
});

function pick({ testError, psnr, ssim, weightsSha256 }: NonNullable<RunRecord['models']['cae']>) {
  return { testError, psnr, ssim, weightsSha256 };
}
