import { copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bestCheckpoint, checkpointStep, RUN_FILES } from './directory.js';
import { refuseLinks } from './links.js';
import { MODEL_KEYS } from './model-keys.js';
import { readOptionsFile } from './options-file.js';

/**
 * The files of a finished run from which its training can go on in another folder: its options, and of each model the
 * newest checkpoint and the weights of its best epoch.
 *
 * @returns paths within the folder, the options last
 */
export async function continuedFiles(folder: string): Promise<string[]> {
  const found = await readdir(join(folder, RUN_FILES.checkpoints));
  const checkpoints = MODEL_KEYS.flatMap((model) => {
    const ofModel = found.filter((file) => checkpointStep(model, file) !== undefined);
    const step = (file: string) => checkpointStep(model, file) as number;
    const newest = ofModel.sort((a, b) => step(a) - step(b)).slice(-1);
    const best = bestCheckpoint(model);
    const all = newest.map((file) => join(RUN_FILES.checkpoints, file));
    return found.some((file) => join(RUN_FILES.checkpoints, file) === best) ? [...all, best] : all;
  });
  return [...checkpoints, RUN_FILES.options];
}

/**
 * Makes the folder of a run that goes on from where a finished run has ended, with more epochs. The finished run stays as
 * it is. What is in the new folder is replaced, whole or not at all.
 *
 * @param from   the finished run's folder
 * @param to     the new run's folder
 * @param epochs those of the new run
 * @throws InputError if there is no run in `from`
 */
export async function continueRun(from: string, to: string, epochs: number): Promise<void> {
  const { options, run } = await readOptionsFile(from, '');
  await refuseLinks(from, [RUN_FILES.checkpoints]);
  const unfinished = `${to}.tmp`;
  await rm(unfinished, { recursive: true, force: true });
  for (const file of await continuedFiles(from)) {
    await mkdir(dirname(join(unfinished, file)), { recursive: true });
    if (file !== RUN_FILES.options) await copyFile(join(from, file), join(unfinished, file));
  }
  const contents = JSON.stringify({ ...options, epochs, run }, null, 2);
  await writeFile(join(unfinished, RUN_FILES.options), `${contents}\n`);
  await rm(to, { recursive: true, force: true });
  await rename(unfinished, to);
}
