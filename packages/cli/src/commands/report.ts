import { resolve } from 'node:path';
import { writeAtomically } from '@weft/pool';
import { EXIT, InputError, OutputError } from '../exit.js';
import { RUN_FILES, shownPath } from '../run/directory.js';
import { reportOf } from '../run/report-of.js';
import { type Command, commonOptions } from './command.js';
import { givenPath, isFolder, readRecord } from './trained-models.js';

export const report: Command<typeof commonOptions> = {
  usage: 'weft report DIR [options]',
  summary: "Write a run's report.html anew.",
  description:
    "Writes report.html from run.json and the figures in a run's folder. It computes nothing: a figure that is not there is named as missing.",
  options: commonOptions,
  positionals: { least: 1, most: 1 },
  async run({ positionals: [given], terminal }) {
    const folder = givenPath(given);
    if (!(await isFolder(folder))) {
      throw new InputError(
        `${shownPath(folder)} is a file; expected the folder of a run. Give the folder that holds run.json.`,
      );
    }
    const { record } = await readRecord(folder);
    const path = resolve(folder, RUN_FILES.report);
    const page = await reportOf(record, folder);
    try {
      await writeAtomically(path, page);
    } catch (cause) {
      throw new OutputError(`${shownPath(path)} cannot be written: ${(cause as Error).message}.`, { cause });
    }
    terminal.result(`Report: ${shownPath(path)}`);
    return EXIT.ok;
  },
};
