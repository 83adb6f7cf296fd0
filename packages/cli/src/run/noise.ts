import { noiseText, parseNoise } from '@weft/data';
import { UsageError } from '../exit.js';

/** The noise where nothing is said of it. */
export const DEFAULT_NOISE = 'gaussian:0.4';

/** The noise of a training as a text, also where its short form was given. */
export function noiseOf({
  noise = DEFAULT_NOISE,
  noiseFactor,
}: {
  readonly noise?: string | undefined;
  readonly noiseFactor?: number | undefined;
}): string {
  return noiseFactor === undefined ? noise : noiseText(parseNoise(`gaussian:${noiseFactor}`));
}

/** The standard deviation of noise that is Gaussian and has one strength; undefined of any other. */
export function noiseFactorOf(noise: string): number | undefined {
  const [first, second] = parseNoise(noise);
  return !second && first.kind === 'gaussian' && first.low === first.high ? first.low : undefined;
}

/** @throws UsageError if noise was given in both its forms */
export function refuseTwoNoises(given: ReadonlySet<string>): void {
  if (!given.has('noise') || !given.has('noiseFactor')) return;
  throw new UsageError(
    '--noise-factor: --noise was given as well, and --noise-factor X stands for --noise gaussian:X. Give one of them.',
  );
}
