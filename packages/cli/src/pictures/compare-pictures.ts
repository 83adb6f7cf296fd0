import { meanSquaredErrors, peakSignalToNoiseRatios, structuralSimilarities } from '@weft/analysis';
import { asChannels, asDepth, type Picture } from '@weft/data';
import { formatTable, formatValue } from '../terminal/text.js';

/** How far a picture is from a clean one; pixels from 0 to 1. */
export interface Quality {
  /** Mean squared error, in squared pixel intensity. */
  readonly mse: number;
  /** Peak signal-to-noise ratio in decibels; infinite for equal pictures. */
  readonly psnr: number;
  /** Structural similarity, at most 1. */
  readonly ssim: number;
}

/** Window of the structural similarity, where the picture is not smaller. */
const WINDOW = 11;

/**
 * Compares a picture with a clean one of the same size; alpha is laid on black. Where one has colours and the other has none, both are compared in
 * colours.
 */
export function qualityOf(picture: Picture, clean: Picture): Quality {
  const channels = Math.max(picture.channels, clean.channels) < 3 ? 1 : 3;
  const [made, wanted] = [picture, clean].map((each) => intensities(asChannels(each, channels)));
  const { height, width } = clean;
  const least = Math.min(height, width);
  const windowSize = Math.min(WINDOW, least % 2 === 1 ? least : least - 1);
  const [mse] = meanSquaredErrors(wanted, made, made.length);
  const [psnr] = peakSignalToNoiseRatios(wanted, made, made.length);
  const [ssim] = structuralSimilarities(wanted, made, { height, width, channels, windowSize: Math.max(1, windowSize) });
  return { mse, psnr, ssim };
}

function intensities(picture: Picture): Float32Array {
  const { data } = asDepth(picture, 16);
  return Float32Array.from(data, (value) => value / 65535);
}

/** A picture's quality before and after a model. */
export interface Improvement {
  readonly path: string;
  readonly before: Quality;
  readonly after: Quality;
}

/** Means over pictures; of no pictures, NaN. */
export function meanQuality(list: readonly Quality[]): Quality {
  const mean = (name: keyof Quality) => list.reduce((sum, each) => sum + each[name], 0) / list.length;
  return { mse: mean('mse'), psnr: mean('psnr'), ssim: mean('ssim') };
}

/** So many pictures have a line of their own. */
const MOST_LINES = 20;

/** Qualities before and after as a table, the means at its end. */
export function improvementTable(list: readonly Improvement[]): string {
  const cells = ({ before, after }: Pick<Improvement, 'before' | 'after'>) =>
    (['mse', 'psnr', 'ssim'] as const).flatMap((name) => [before, after].map((quality) => formatValue(quality[name])));
  const shown = list.slice(0, MOST_LINES);
  const mean = {
    before: meanQuality(list.map((each) => each.before)),
    after: meanQuality(list.map((each) => each.after)),
  };
  const rows = [
    ['', 'MSE before', 'after', 'PSNR before', 'after', 'SSIM before', 'after'],
    ...shown.map((each) => [each.path, ...cells(each)]),
    ...(list.length > 1 ? [[`mean of ${list.length}`, ...cells(mean)]] : []),
  ];
  const rest = list.length > MOST_LINES ? `\nThe first ${MOST_LINES} of ${list.length} pictures; --json has all.` : '';
  return `${formatTable(rows)}\nPSNR in decibels.${rest}`;
}
