import { setImmediate } from 'node:timers/promises';
import { asDepth, encodePng } from '@weft/data';
import { type DatasetInfo, type Figure, rasterise } from '@weft/report';
import { Limited, WRITES_AT_A_TIME } from './limited.js';
import type { OutputFiles } from './output-files.js';
import type { PictureModel } from './picture-model.js';
import { asPicture } from './prepare-picture.js';

/** Images that a decoder has made, one after another. */
export interface MadeImages {
  readonly model: PictureModel;
  /** [count, height, width, channels], in units of the model's inputs. */
  readonly values: Float32Array;
  readonly count: number;
}

/** Names of the files of images: `sample-01.png` and so on. */
export function imageNames(stem: string, count: number): string[] {
  const digits = String(count).length;
  return Array.from({ length: count }, (_, which) => `${stem}-${String(which + 1).padStart(digits, '0')}.png`);
}

/** Writes each image as a PNG of 8 bits and the model's channels. */
export async function writeImages(
  { model, values, count }: MadeImages,
  names: readonly string[],
  files: OutputFiles,
  signal: AbortSignal,
): Promise<void> {
  const size = values.length / count;
  const writing = new Limited(WRITES_AT_A_TIME);
  try {
    for (const [which, name] of names.entries()) {
      const picture = asPicture(values.subarray(which * size, (which + 1) * size), model, model);
      await writing.begin(() => files.write(name, encodePng(asDepth(picture, 8))));
      signal.throwIfAborted();
    }
  } finally {
    await writing.settle();
  }
  writing.throwFailure();
}

/** The first images as figures take them: intensities from 0 to 1, and what is known of the data. */
export function asShown(
  { model, values, count }: MadeImages,
  most: number,
): { dataset: DatasetInfo; images: Float32Array } {
  const { height, width, channels, scale, saved } = model;
  const shown = values.slice(0, Math.min(count, most) * height * width * channels);
  const { dataset = saved.title, classNames = [] } = saved.card;
  return {
    dataset: { name: dataset, synthetic: dataset === 'synthetic', classNames, height, width, channels },
    images: shown.map((value) => Math.min(1, Math.max(0, value / (255 * scale)))),
  };
}

/** Writes a figure as SVG and PNG. */
export async function writeFigure({ name, svg }: Figure, files: OutputFiles): Promise<void> {
  await files.write(`${name}.svg`, svg);
  await files.write(`${name}.png`, await rasterise(svg));
  // Drawing fills the thread: this lets Ctrl-C through.
  await setImmediate();
}

/** Names of the files of a figure. */
export const figureNames = (name: string) => [`${name}.svg`, `${name}.png`];
