import { join, resolve } from 'node:path';
import { writeAtomically } from '@weft/pool';
import { type Figure, parseFigureData, type RunRecord, renderReport } from '@weft/report';
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

/** What the record says of a figure. */
interface FigureText extends Pick<Figure, 'name' | 'title' | 'caption'> {
  /** Whether its data lie beside its SVG. */
  readonly data?: unknown;
}

/** The figures that the record names, as far as their SVG files are there. */
async function existingFigures(record: RunRecord, folder: string): Promise<Figure[]> {
  const named = Array.isArray(record.figures) ? record.figures.filter(isFigureText) : [];
  const figures: Figure[] = [];
  for (const { name, title, caption, data } of named) {
    const svg = await readIfThere(folder, join(RUN_FILES.figures, `${name}.svg`));
    if (svg === undefined) continue;
    const text = data ? await readIfThere(folder, join(RUN_FILES.figures, `${name}.json`)) : undefined;
    const found = text === undefined ? undefined : parseFigureData(text);
    figures.push({ name, title, caption, svg, ...(found && { data: found }) });
  }
  return figures;
}

async function readIfThere(folder: string, file: string): Promise<string | undefined> {
  try {
    return await readRunFile(folder, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The name becomes a path, and the record may come from anywhere: only names like our own are taken. */
function isFigureText(value: unknown): value is FigureText {
  const { name, title, caption } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof name === 'string' &&
    /^[a-z][a-z0-9-]{0,60}$/.test(name) &&
    typeof title === 'string' &&
    typeof caption === 'string'
  );
}
