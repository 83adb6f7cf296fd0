import { extname } from 'node:path';
import { encodeSafetensors } from '@weft/formats';
import { encodeCsv, encodeNpy, encodeNpz } from '@weft/formats/arrays';
import { UsageError } from '../exit.js';
import type { LatentRow, Latents } from './latents.js';
import { numberLines } from './number-lines.js';
import { projectorFiles } from './projector.js';

/** Files that latents are written into, by their names. */
export type LatentFiles = ReadonlyMap<string, string | Uint8Array>;

/** A way to write latents. */
export interface LatentFormat {
  /** Names of the files, within the folder that they go into. */
  readonly names: readonly string[];
  /** Whether it shows small pictures. */
  readonly hasThumbnails: boolean;
  files(latents: Latents): LatentFiles;
}

/**
 * The format that a name asks for by its ending; without one it is a folder for the Embedding Projector.
 *
 * @param name without its folder
 * @throws UsageError for another ending
 */
export function latentFormat(name: string): LatentFormat {
  const ending = extname(name).toLowerCase();
  const stem = ending === '' ? name : name.slice(0, -ending.length);
  if (ending === '.csv') return format(name, (latents) => [latentsCsv(latents)]);
  if (ending === '.safetensors') return format(name, (latents) => [latentsSafetensors(latents)]);
  if (ending === '.npy' || ending === '.npz') {
    const array = ending === '.npy' ? latentsNpy : latentsNpz;
    return format([name, `${stem}.rows.csv`], (latents) => [array(latents), rowsCsv(latents.rows)]);
  }
  if (ending === '') return { names: projectorFiles.names, hasThumbnails: true, files: projectorFiles.files };
  throw new UsageError(
    `OUT: got '${name}', expected a name that ends in .npy, .npz, .csv or .safetensors, or a folder, whose name has no ending. Give for instance ${stem}.npy.`,
  );
}

function format(names: string | readonly string[], make: (latents: Latents) => (string | Uint8Array)[]): LatentFormat {
  const all = typeof names === 'string' ? [names] : names;
  return {
    names: all,
    hasThumbnails: false,
    files: (latents) => new Map(make(latents).map((content, which) => [all[which], content])),
  };
}

const headings = (rows: readonly LatentRow[]) => ['path', 'label', ...(rows[0]?.tile ? ['row', 'column'] : [])];
const cells = ({ path, label, tile }: LatentRow) => [path, label, ...(tile ?? [])];

const rowsCsv = (rows: readonly LatentRow[]): string => encodeCsv([headings(rows), ...rows.map(cells)], '\n');

const latentsNpy = ({ rows, values, size }: Latents) => encodeNpy(values, [rows.length, size]);

const latentsNpz = ({ rows, values, size }: Latents) =>
  encodeNpz({ latents: { data: values, shape: [rows.length, size] } });

function latentsCsv(latents: Latents): Uint8Array {
  const names = Array.from({ length: latents.size }, (_, at) => `z${at}`);
  const line = (row: readonly (string | number)[]) => encodeCsv([row], '\n');
  const heading = Buffer.from(line([...headings(latents.rows), ...names]));
  return Buffer.concat([heading, ...numberLines(latents, line, cells)]);
}

function latentsSafetensors({ rows, values, shape, size }: Latents): Uint8Array {
  const tensors = new Map([['latents', { dtype: 'F32' as const, shape: [rows.length, size], data: values }]]);
  return encodeSafetensors(tensors, {
    paths: JSON.stringify(rows.map(({ path }) => path)),
    labels: JSON.stringify(rows.map(({ label }) => label)),
    ...(rows[0]?.tile && { tiles: JSON.stringify(rows.map(({ tile }) => tile)) }),
    latentShape: JSON.stringify(shape),
  });
}
