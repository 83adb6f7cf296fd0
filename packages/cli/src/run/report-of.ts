import { join } from 'node:path';
import { type Figure, parseFigureData, type RunRecord, renderReport } from '@weft/report';
import { RUN_FILES } from './directory.js';
import { readRunFile } from './run-file.js';

/** The report of a finished run, as a page: of its record, and of the figures in its folder. */
export async function reportOf(record: RunRecord, folder: string): Promise<string> {
  return renderReport(record, await existingFigures(record, folder));
}

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
