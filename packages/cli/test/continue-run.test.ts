import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Trial } from '@weft/study';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InterruptedError } from '../src/exit.js';
import { continuedFiles } from '../src/run/continue-run.js';
import { performTrial } from '../src/study/perform-trial.js';
import { Terminal } from '../src/terminal/terminal.js';
import { temporaryFolder } from './support/weft.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const base = { model: 'dense', dataset: 'synthetic', limit: 60, testLimit: 8, batchSize: 16 };
const whole: Trial = { name: 'whole', options: { ...base, epochs: 4 } };
const first: Trial = { name: 'first', options: { ...base, epochs: 1 } };
const second: Trial = { name: 'second', options: { ...base, epochs: 4 }, continues: { name: 'first', epochs: 1 } };

function perform(trial: Trial, until?: string) {
  const controller = new AbortController();
  const message = (text: string) => {
    if (until !== undefined && text.includes(until)) controller.abort(new InterruptedError('SIGTERM'));
  };
  const terminal = Object.assign(new Terminal(true), { message });
  return performTrial(trial, folder.path, controller.signal, { terminal, threads: 1 });
}

test('a trial that continues another one has the result of one that was trained at once, also after an interruption', async () => {
  const expected = await perform(whole);
  const before = await perform(first);
  const path = join(folder.path, 'trials/first/run.json');
  const record = await readFile(path, 'utf8');
  // What a process leaves that was killed while it copied.
  await mkdir(join(folder.path, 'trials/second.tmp/checkpoints'), { recursive: true });
  await writeFile(join(folder.path, 'trials/second.tmp/options.json'), '{');
  await expect(perform(second, '2/4')).rejects.toBeInstanceOf(InterruptedError);
  const after = await perform(second);
  expect({ ...after, name: 'whole' }).toEqual(expected);
  expect(after.models.dense.loss.slice(0, 1)).toEqual(before.models.dense.loss);
  expect(await readFile(path, 'utf8')).toBe(record);
  expect(existsSync(join(folder.path, 'trials/second.tmp'))).toBe(false);
});

test('what a continuation needs is the options and a checkpoint of each model', async () => {
  const files = await continuedFiles(join(folder.path, 'trials/first'));
  expect(files.filter((file) => file.includes('-step-'))).toHaveLength(1);
  expect(files.at(-1)).toBe('options.json');
});

test('a trial is refused whose earlier one is not there, or is another', async () => {
  const alone = { ...second, name: 'alone', continues: { name: 'nobody', epochs: 1 } };
  await expect(perform(alone)).rejects.toThrow(/alone continues nobody, but .* holds no finished run. Perform nobody/);
  const other = { ...second, name: 'other', options: { ...second.options, seed: 7 } };
  await expect(perform(other)).rejects.toThrow('seed is 42, the study has 7');
});
