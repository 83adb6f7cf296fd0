import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TrainOptions } from '../src/commands/train-options.js';
import { InterruptedError, UsageError } from '../src/exit.js';
import { performTraining } from '../src/run/perform-training.js';
import { Terminal } from '../src/terminal/terminal.js';
import { temporaryFolder } from './support/weft.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const OPTIONS: Partial<TrainOptions> = {
  model: 'cae',
  dataset: 'synthetic',
  limit: 40,
  testLimit: 8,
  epochs: 2,
  threads: 1,
};

/** Trains into a folder; aborted as soon as a message has a text in it. */
function perform(name: string, changes: Partial<TrainOptions> = {}, until?: string) {
  const controller = new AbortController();
  const message = (text: string) => {
    if (until !== undefined && text.includes(until)) controller.abort(new InterruptedError('SIGTERM'));
  };
  const terminal = Object.assign(new Terminal(true), { message });
  const options = { ...OPTIONS, ...changes };
  return performTraining({ options, directory: join(folder.path, name), terminal, signal: controller.signal });
}

test('a run that is there is returned, an unfinished one is resumed to the same bits, another is refused', async () => {
  const whole = await perform('whole');
  // Batches of 256 are asked for, and there are 32 images to train on.
  expect(whole.options).toMatchObject({ model: 'cae', seed: 42, batchSize: 32, epochs: 2 });
  const file = join(folder.path, 'whole', 'run.json');
  const [before, text] = [await stat(file), await readFile(file, 'utf8')];
  expect(await perform('whole', { threads: 2 })).toEqual(JSON.parse(text));
  expect((await stat(file)).mtimeMs).toBe(before.mtimeMs);

  await expect(perform('whole', { seed: 7, batchSize: 16 })).rejects.toThrow(
    /whole holds a run with other options: --batch-size: got 16, the run has 32; --seed: got 7, the run has 42/,
  );
  await expect(perform('whole', { epochs: 1 })).rejects.toBeInstanceOf(UsageError);
  expect(await readFile(file, 'utf8')).toBe(text);

  await expect(perform('broken', {}, 'CAE 1/2')).rejects.toBeInstanceOf(InterruptedError);
  const resumed = await perform('broken');
  expect(resumed.resumed).toBe(1);
  expect(resumed.models.cae.weightsSha256).toBe(whole.models.cae.weightsSha256);

  const more = await perform('whole', { epochs: 3 });
  expect(more.models.cae.history.loss.slice(0, 2)).toEqual(whole.models.cae.history.loss);
  expect(more.models.cae.history.loss).toHaveLength(3);
});

test('what is no option is refused before anything is written', async () => {
  await expect(perform('none', { sead: 7 } as object)).rejects.toThrow("there is no option 'sead'");
  await expect(stat(join(folder.path, 'none'))).rejects.toThrow();
});
