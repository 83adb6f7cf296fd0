import { mostSimilar } from '@weft/core/program';

/** The kinds of noise, with the strengths that each can have, in the unit that its function documents. */
const KINDS = {
  gaussian: { most: 1000, unit: 'standard deviation in pixel intensity, from 0', example: '0.4' },
  poisson: { most: 1, unit: 'one over the photons of a white pixel, from 0 to 1', example: '0.05' },
  'salt-pepper': { most: 1, unit: 'part of the pixels, from 0 to 1', example: '0.1' },
  blur: { most: 20, unit: 'standard deviation in pixels, from 0 to 20', example: '1.5' },
  occlusion: { most: 1, unit: "part of the image's area, from 0 to 1", example: '0.2' },
} as const;

/** A kind of noise. */
export type NoiseKind = keyof typeof KINDS;

/**
 * All kinds of noise.
 *
 * @example
 * NOISE_KINDS; // ['gaussian', 'poisson', 'salt-pepper', 'blur', 'occlusion']
 */
export const NOISE_KINDS: readonly NoiseKind[] = Object.keys(KINDS) as NoiseKind[];

/** One kind of noise and its strength. */
export interface NoiseTerm {
  readonly kind: NoiseKind;
  /** The least strength. */
  readonly low: number;
  /** The largest; where it is more than `low`, each image has a strength of its own, drawn evenly between both. */
  readonly high: number;
}

/** Noises that are applied one after another. */
export type NoiseSpec = readonly NoiseTerm[];

/** More would be a mistake, and each has random streams of its own. */
const MOST_TERMS = 16;

const NUMBER = /^(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?$/i;

/**
 * Reads noise as it stands on the command line: kinds with a strength, or a range of strengths, joined by `+`. A `+` never
 * stands within a number.
 *
 * | Kind          | Strength                                                                 |
 * | ------------- | ------------------------------------------------------------------------ |
 * | `gaussian`    | standard deviation in pixel intensity                                    |
 * | `poisson`     | one over the photons that a white pixel counts: 0.05 for 20 photons      |
 * | `salt-pepper` | part of the pixels, half of which become white and half black            |
 * | `blur`        | standard deviation of the Gaussian in pixels                             |
 * | `occlusion`   | part of the image's area, under a black rectangle                        |
 *
 * @throws RangeError if the text is no noise, with what was got and what was expected
 * @example
 * parseNoise('gaussian:0.4'); // [{ kind: 'gaussian', low: 0.4, high: 0.4 }]
 * parseNoise('blur:0.5..1.5 + salt-pepper:0.05'); // first blurred, then with salt and pepper
 */
export function parseNoise(text: string): NoiseSpec {
  if (typeof text !== 'string' || text.trim() === '') {
    return refuseText(text, `a kind of noise with its strength, such as gaussian:0.4; the kinds are ${kindList()}`);
  }
  return checkNoise(text.split('+').map((part) => parseTerm(part.trim())));
}

/**
 * Noise as a text, which `parseNoise` reads: the same text for the same noise.
 *
 * @example
 * noiseText(parseNoise('blur:0.5..1.50 + gaussian:.4')); // 'blur:0.5..1.5+gaussian:0.4'
 */
export function noiseText(spec: NoiseSpec): string {
  return checkNoise(spec)
    .map(({ kind, low, high }) => `${kind}:${low === high ? low : `${low}..${high}`}`)
    .join('+');
}

/** @throws RangeError if it is no noise */
export function checkNoise(spec: NoiseSpec): NoiseSpec {
  if (!Array.isArray(spec) || spec.length === 0 || spec.length > MOST_TERMS) {
    throw new RangeError(
      `noise: expected an array of 1 to ${MOST_TERMS} noises, as parseNoise('gaussian:0.4') gives it.`,
    );
  }
  for (const { kind, low, high } of spec as NoiseSpec) {
    if (!NOISE_KINDS.includes(kind)) throw unknownKind(String(kind));
    const isWithin = [low, high].every((strength) => strength >= 0 && strength <= KINDS[kind].most);
    if (!isWithin) refuseText(`${kind}:${low === high ? low : `${low}..${high}`}`, strengthOf(kind));
    if (low > high) refuseText(`${kind}:${low}..${high}`, `the smaller strength first, ${kind}:${high}..${low}`);
  }
  return spec;
}

function parseTerm(part: string): NoiseTerm {
  const [, name, strengths] = /^([^:]*)(?::(.*))?$/s.exec(part) as RegExpExecArray;
  const kind = NOISE_KINDS.find((each) => each === name.trim());
  if (kind === undefined) throw unknownKind(part);
  const ends = (strengths ?? '').split('..').map((end) => end.trim());
  if (ends.length > 2 || !ends.every((end) => NUMBER.test(end))) return refuseText(part, strengthOf(kind));
  const [low, high = low] = ends.map(Number);
  return { kind, low, high };
}

function strengthOf(kind: NoiseKind): string {
  const { unit, example } = KINDS[kind];
  return `a strength (${unit}) or a range of strengths, such as ${kind}:${example} or ${kind}:0..${example}`;
}

function unknownKind(part: string): RangeError {
  const similar = mostSimilar(part.split(':')[0].trim(), NOISE_KINDS);
  const advice = similar ? ` Did you mean ${similar}?` : '';
  return new RangeError(
    `noise: got '${shortened(part)}', expected one of ${kindList()}, with a strength, such as gaussian:0.4.${advice}`,
  );
}

function refuseText(got: unknown, expected: string): never {
  throw new RangeError(`noise: got '${shortened(String(got))}', expected ${expected}.`);
}

const kindList = () => NOISE_KINDS.join(', ');
const shortened = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}...` : text);
