import { join, resolve } from 'node:path';
import { writeAtomically } from '@weft/pool';
import { type Figure, type RunRecord, renderReport } from '@weft/report';
import { EXIT, InputError, OutputError } from '../exit.js';
import { RUN_FILES, shownPath } from '../run/directory.js';
import { readRunFile } from '../run/run-file.js';
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
    const figures = await existingFigures(record, folder);
    const path = resolve(folder, RUN_FILES.report);
    try {
      await writeAtomically(path, renderReport(record, figures));
    } catch (cause) {
      throw new OutputError(`${shownPath(path)} cannot be written: ${(cause as Error).message}.`, { cause });
    }
    terminal.result(`Report: ${shownPath(path)}`);
    return EXIT.ok;
  },
};

/** The figures that the record names, as far as their SVG files are there. */
async function existingFigures(record: RunRecord, folder: string): Promise<Figure[]> {
  const named = Array.isArray(record.figures) ? record.figures.filter(isFigureText) : [];
  const figures: Figure[] = [];
  for (const { name, title, caption } of named) {
    try {
      const svg = await readRunFile(folder, join(RUN_FILES.figures, `${name}.svg`));
      figures.push({ name, title, caption, svg });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return figures;
}

/** The name becomes a path, and the record may come from anywhere: only names like our own are taken. */
function isFigureText(value: unknown): value is Omit<Figure, 'svg'> {
  const { name, title, caption } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof name === 'string' &&
    /^[a-z][a-z0-9-]{0,60}$/.test(name) &&
    typeof title === 'string' &&
    typeof caption === 'string'
  );
}
