import { InputError } from '../exit.js';
import type { Terminal } from '../terminal/terminal.js';
import { type DataRequest, loadData } from './load-data.js';
import { runIdentity } from './options-file.js';
import { datasetTitle } from './results-table.js';
import type { RunData } from './run-data.js';

/** Test images, and what tells them from others. */
export interface TestData extends RunData {
  readonly testSha256: string;
}

/** Loads the test images of a data set; not one training image is needed, but no data set is without any. */
export async function loadTestData(
  request: Pick<DataRequest, 'dataset' | 'testLimit'>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<TestData> {
  const data = await loadData({ ...request, limit: 1 }, terminal, { signal });
  return { ...data, testSha256: runIdentity(data).dataSha256.test };
}

/** What a run was tested on. */
export interface TestedOn {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly testCount: number;
  /** SHA-256 of the test images, where the run says it. */
  readonly testSha256: string | undefined;
}

/** @throws InputError if the images are not those that a run was tested on, or the first of them */
export function requireImages(path: string, run: TestedOn, { name, test, testSha256 }: TestData): void {
  const refuse = (message: string) =>
    new InputError(`${path}: ${message} Put the data that the run was tested on in their place.`);
  const [expected, got] = [run, test].map(({ height, width, channels }) => `${height} x ${width} x ${channels}`);
  if (expected !== got || test.count > run.testCount) {
    throw refuse(
      `the run was tested on ${run.testCount} images of ${expected}, but ${datasetTitle(name)} has ${test.count} of ${got} here.`,
    );
  }
  if (run.testSha256 === undefined || test.count < run.testCount || run.testSha256 === testSha256) return;
  throw refuse(`the test images of ${datasetTitle(name)} here are not those of the run: their SHA-256 differs.`);
}
