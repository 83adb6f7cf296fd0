import { basename, dirname } from 'node:path';
import type { ModelRecord, RunRecord } from '@weft/report';
import { givenPath, isFolder, readRecord, type SavedModel, savedModels } from '../commands/trained-models.js';
import { InputError, UsageError } from '../exit.js';
import { modelFile, shownPath } from '../run/directory.js';
import { DATASETS } from '../run/load-data.js';
import { modelTitle } from '../run/model-keys.js';
import { weightsSha256 } from '../run/weights-sha256.js';

/** A finished run with its models. */
export interface OpenRun {
  /** Different from those of the other runs. */
  readonly name: string;
  readonly path: string;
  readonly record: RunRecord;
  readonly dataset: (typeof DATASETS)[number];
  readonly models: readonly RunModel[];
}

/** A model of a run: what the run says of it, and the model itself. */
export interface RunModel {
  readonly key: string;
  readonly title: string;
  readonly record: ModelRecord;
  readonly saved: SavedModel;
}

/**
 * Opens several runs.
 *
 * @throws UsageError if one is given twice; InputError if one is no finished run or its models are not there
 */
export async function openRuns(paths: readonly string[]): Promise<OpenRun[]> {
  const folders = paths.map(givenPath);
  const twice = folders.find((folder, index) => folders.indexOf(folder) < index);
  if (twice !== undefined) throw new UsageError(`${shownPath(twice)} is given twice. Give each run once.`);
  const names = namesOf(folders);
  const runs: OpenRun[] = [];
  for (const [index, folder] of folders.entries()) runs.push({ ...(await openRun(folder)), name: names[index] });
  return runs;
}

/**
 * Opens a run.
 *
 * @param folder absolute
 * @throws InputError if it is no finished run, or its models are not there
 */
export async function openRun(folder: string): Promise<OpenRun> {
  const path = shownPath(folder);
  if (!(await isFolder(folder))) {
    throw new InputError(`${path} is a file; expected the folder of a run. Give the folder that holds run.json.`);
  }
  const { record } = await readRecord(folder);
  const dataset = DATASETS.find((name) => name === record.dataset);
  if (dataset === undefined) {
    throw new InputError(
      `${path}: the run was tested on ${record.dataset}, expected one of ${DATASETS.slice(1).join(', ')}: only their test images can be had again. Give another run.`,
    );
  }
  const saved = await savedModels(folder);
  const models = Object.entries(record.models).map(([key, model]): RunModel => {
    const found = saved.find(({ card }) => card.model === key);
    if (!found || weightsSha256(found.model) !== model.weightsSha256) {
      throw new InputError(
        `${path}: ${modelFile(key)} is ${found ? 'not the model that' : 'missing, which'} run.json tells of. Put the run's own file in its place.`,
      );
    }
    return { key, title: model.title ?? modelTitle(key), record: model, saved: found };
  });
  if (models.length === 0) throw new InputError(`${path}: run.json tells of no model. Give another run.`);
  return { name: basename(folder), path, record, dataset, models };
}

/** As short as they differ: the last part of each path, or as much more as it takes. */
function namesOf(folders: readonly string[]): string[] {
  const last = folders.map((folder) => basename(folder));
  if (new Set(last).size === last.length) return last;
  const longer = folders.map((folder) => `${basename(dirname(folder))}/${basename(folder)}`);
  return new Set(longer).size === longer.length ? longer : folders.map((folder) => shownPath(folder));
}
