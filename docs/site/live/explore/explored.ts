import type { Opened } from './calls.js';
import { outlierFence } from './order.js';
import type { Points } from './raster.js';

/** Colours of classes; more classes take the same ones again. */
export const CLASS_COLOURS = 10;

/** A file that is open, and which of its images are shown. */
export interface Explored extends Opened {
  readonly points: Points;
  /** From which error on an image is an outlier. */
  readonly fence: number;
  /** Place of each image among all, by error: 1 is the largest. */
  readonly ranks: Uint32Array;
}

export function explored({ exploration, noDecoder }: Opened): Explored {
  const { scores, labels, errors, explainedVarianceRatio, count } = exploration;
  const k = explainedVarianceRatio.length;
  const column = (index: number) =>
    Float32Array.from({ length: count }, (_, image) => (index < k ? scores[image * k + index] : 0));
  const byError = Uint32Array.from(errors.keys()).sort((a, b) => errors[b] - errors[a] || a - b);
  const ranks = new Uint32Array(count);
  byError.forEach((image, place) => {
    ranks[image] = place + 1;
  });
  const points = {
    xs: column(0),
    ys: column(1),
    colours: Uint8Array.from({ length: count }, (_, image) => (labels?.[image] ?? 0) % CLASS_COLOURS),
    isShown: new Uint8Array(count).fill(1),
  };
  return { exploration, noDecoder, points, fence: outlierFence(errors), ranks };
}

/** Name of the class of an image; undefined where there are no classes. */
export function classOf({ exploration: { labels, classNames } }: Explored, image: number): string | undefined {
  return labels && classNames[labels[image]];
}

/** Such as “Image 417, Sandal”. */
export function imageName(of: Explored, image: number): string {
  const name = classOf(of, image);
  return name === undefined ? `Image ${image}` : `Image ${image}, ${name}`;
}

/** An error as people read it. */
export const errorText = (error: number) => error.toPrecision(3);

/** A part of a whole, as people read it. */
export const percent = (part: number) => `${(100 * part).toFixed(1)}%`;
