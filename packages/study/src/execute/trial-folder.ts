import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRunRecord, type RunRecord } from '@weft/report';
import type { TrialOptions } from '../definition/study.js';
import { StudyError } from '../errors.js';

/** Options of a run completed by their defaults, in today's names; without those that decide no result. */
export type CompleteOptions = (options: TrialOptions) => TrialOptions;

/** What is in the folder of a trial. */
export interface TrialFolder {
  /** A finished run, one that can be resumed, or nothing of a run. */
  readonly state: 'finished' | 'unfinished' | 'empty';
  readonly record?: RunRecord;
  readonly dataSha256?: { readonly train: string; readonly test: string };
}

/** Files that a run leaves before it has begun, and those of a process that was killed. */
const LEFT_OVER = /^(run\.lock|sessions\.json|.*\.tmp)$/;

/**
 * Looks what is in the folder of a trial.
 *
 * @param options  those of the trial
 * @param complete completes options by their defaults
 * @throws StudyError if the folder holds something else than a run with these options
 */
export async function inspectTrialFolder(
  folder: string,
  options: TrialOptions,
  complete: CompleteOptions,
): Promise<TrialFolder> {
  const [recordText, optionsText] = await Promise.all([textOf(folder, 'run.json'), textOf(folder, 'options.json')]);
  if (recordText === undefined && optionsText === undefined) {
    const files = await readdir(folder).catch(ifMissing);
    const foreign = (files ?? []).find((file) => !LEFT_OVER.test(file));
    if (foreign === undefined) return { state: 'empty' };
    throw new StudyError(
      `${folder} holds files that are no run's, such as ${foreign}. Move them away, or choose another folder with --out DIR.`,
    );
  }
  const record = recordText === undefined ? undefined : readRecord(recordText, folder);
  const { run, ...written } =
    optionsText === undefined ? { ...record?.options, run: undefined } : read(optionsText, folder);
  const identity = (run ?? {}) as { dataset?: unknown; dataSha256?: { train: string; test: string } };
  const dataset = record?.dataset ?? identity.dataset;
  const recorded = {
    ...(written as TrialOptions),
    // What `auto` came to, unless a folder of pictures takes its place.
    ...(written.dataset === 'auto' && written.data == null && typeof dataset === 'string' && { dataset }),
  };
  const differing = differences(complete(recorded), complete(options), record?.data.trainCount);
  if (differing.length > 0) {
    throw new StudyError(
      `${folder} holds a run with other options: ${differing.join('; ')}. Delete this folder, or choose another one for the study with --out DIR.`,
    );
  }
  return {
    state: record ? 'finished' : 'unfinished',
    ...(record && { record }),
    ...(identity.dataSha256 && { dataSha256: identity.dataSha256 }),
  };
}

/** What differs, in words. A run notes a smaller batch where there are fewer examples than a batch may have. */
function differences(recorded: TrialOptions, asked: TrialOptions, trainCount: number | undefined): string[] {
  const names = [...new Set([...Object.keys(asked), ...Object.keys(recorded)])];
  return names.flatMap((name) => {
    const [got, expected] = [recorded[name] ?? null, asked[name] ?? null];
    if (got === expected) return [];
    const isWholeSet =
      name === 'batchSize' && Number(got) < Number(expected) && (trainCount === undefined || got === trainCount);
    return isWholeSet ? [] : [`${name} is ${got ?? 'not set'}, the study has ${expected ?? 'none'}`];
  });
}

async function textOf(folder: string, name: string): Promise<string | undefined> {
  return readFile(join(folder, name), 'utf8').catch(ifMissing);
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}

function readRecord(text: string, folder: string): RunRecord {
  try {
    return parseRunRecord(text);
  } catch (cause) {
    throw new StudyError(`${join(folder, 'run.json')}: ${(cause as Error).message}`, { cause });
  }
}

function read(text: string, folder: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
    throw new TypeError('it is no table of options');
  } catch (cause) {
    throw new StudyError(
      `${join(folder, 'options.json')} cannot be read: ${(cause as Error).message}. Delete ${folder}, and the trial is performed again.`,
      { cause },
    );
  }
}
