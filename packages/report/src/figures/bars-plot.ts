import { bisectRight } from 'd3-array';
import type { PlotFrame } from './plot.js';

/** Most images that are shown of a bin. */
export const MOST_IMAGES = 8;

/** Bars of a histogram, as plain data. */
export interface BarsPlot extends PlotFrame {
  readonly kind: 'bars';
  /** Ends of the bins, one more than bins. */
  readonly edges: readonly number[];
  /** What the bars show: counts, or densities. */
  readonly heights: readonly number[];
  readonly counts: readonly number[];
  /** A curve over the bars, such as a density estimate. */
  readonly curve?: { readonly text: string; readonly x: readonly number[]; readonly y: readonly number[] } | undefined;
  readonly pictures?: BinPictures | undefined;
}

/** The bin of a value within the edges: each holds its lower edge, and the last one its upper edge, too. */
export function binOf(edges: ArrayLike<number>, value: number): number {
  return Math.min(Math.max(0, bisectRight(edges, value) - 1), edges.length - 2);
}

/** Pictures of some images of each bin, in one PNG: a column for each image, a row for each title. */
export interface BinPictures {
  /** What stands in each row; the last one was made from others, and the one before it is what it should be. */
  readonly titles: readonly string[];
  /** Size of a picture in pixels. */
  readonly height: number;
  readonly width: number;
  /** The PNG in base64: grey where there is a colour map, else red, green and blue. */
  readonly png: string;
  /** Colours of 256 grey levels, `rrggbb` each, for pictures that are drawn through a map. */
  readonly colours?: string | undefined;
  /** The same for errors, from 0 to the largest shown. */
  readonly errorColours: string;
  /** In the order of the columns. */
  readonly images: readonly BinImage[];
}

/** One image of a bin. */
export interface BinImage {
  /** Its place among the test images, from 0. */
  readonly index: number;
  readonly error: number;
  readonly className?: string | undefined;
}
