import { add, mul, type Tensor } from '@weft/core';
import { formatShape, mostSimilar } from '@weft/core/program';
import {
  binaryCrossentropy,
  type Loss,
  meanAbsoluteError,
  meanSquaredError,
  msSsimLossWith,
  ssimLossWith,
} from '@weft/nn';

/** The terms of an image loss; 0 for the same images, [batch] each (`bce`: as small as it gets). */
const TERMS = {
  mse: meanSquaredError,
  mae: meanAbsoluteError,
  bce: binaryCrossentropy,
  ssim: fittedTo('ssim', (windowSize, sigma) => ssimLossWith({ windowSize, sigma })),
  'ms-ssim': fittedTo('ms-ssim', (windowSize, sigma) => msSsimLossWith({ windowSize, sigma })),
} as const satisfies Readonly<Record<string, Loss>>;

/** A term of an image loss. */
export type ImageLossTerm = keyof typeof TERMS;

/**
 * The terms that an image loss may have.
 *
 * @example
 * IMAGE_LOSS_TERMS.includes('ssim'); // true
 */
export const IMAGE_LOSS_TERMS: readonly ImageLossTerm[] = Object.keys(TERMS) as ImageLossTerm[];

interface Weighted {
  readonly term: ImageLossTerm;
  readonly weight: number;
}

/**
 * The loss that a text describes: `mse`, `mae`, `bce`, `ssim`, `ms-ssim`, or a weighted sum of them. Each term is a number for each
 * image, [batch].
 *
 * - `mse`, `mae`: mean of the squared, of the absolute differences
 * - `bce`: binary cross-entropy in nats; pixels from 0 to 1
 * - `ssim`: 1 - SSIM; pixels from 0 to 1. The window has 11 x 11 pixels and a deviation of 1.5; on images with a side below 11,
 *   the largest odd number of pixels that fits, with the deviation 1.5 · size / 11. So any size will do, from 1 x 1.
 * - `ms-ssim`: 1 - MS-SSIM with the same window, at as many of five scales as it fits into: two from a shorter side of 21 pixels
 *   on, three from 41, four from 81, five from 161
 *
 * `imageLoss('mse')` is `meanSquaredError`, the default of `fit`.
 *
 * @param text terms with positive weights, joined by `+`, each term once; a weight of 1 may be left out
 * @throws RangeError if the text is no loss, with what was got and what was expected
 * @example
 * const loss = imageLoss('0.5*mse + 0.5*mae');
 * loss(tensor([[[[0.5]]]]), tensor([[[[0]]]])); // [0.375]
 */
export function imageLoss(text: string): Loss {
  const terms = parse(text);
  const [{ term, weight }] = terms;
  if (terms.length === 1 && weight === 1) return TERMS[term];
  return (prediction, target) =>
    terms
      .map((each) => weighted(TERMS[each.term](prediction, target), each.weight))
      .reduce((total, loss) => add(total, loss));
}

/**
 * An image loss as a text in one way: weights but 1 before their terms, without spaces, in the order given.
 *
 * @throws RangeError if the text is no loss
 * @example
 * imageLossText('0.80*ssim + 0.2 * mae'); // '0.8*ssim+0.2*mae'
 */
export function imageLossText(text: string): string {
  return parse(text)
    .map(({ term, weight }) => (weight === 1 ? term : `${weight}*${term}`))
    .join('+');
}

const weighted = (loss: Tensor, weight: number) => (weight === 1 ? loss : mul(loss, weight));

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?$/i;

function parse(text: string): Weighted[] {
  if (typeof text !== 'string' || text.trim() === '') return refuseText(text, `${termList()}, or a sum of them`);
  const terms = text.split('+').map((part) => parseTerm(part.trim(), text));
  for (const [index, { term }] of terms.entries()) {
    if (terms.findIndex((other) => other.term === term) < index) {
      refuseText(text, `each term once: ${term} is there twice. Add up its weights`);
    }
  }
  return terms;
}

function parseTerm(part: string, text: string): Weighted {
  const factors = part.split('*').map((factor) => factor.trim());
  const name = factors.at(-1) as string;
  const term = IMAGE_LOSS_TERMS.find((each) => each === name);
  if (term === undefined) {
    const similar = mostSimilar(name, IMAGE_LOSS_TERMS);
    return refuseText(
      part === '' ? text : part,
      `a weight and one of ${termList()}, such as 0.8*ssim${similar ? `. Did you mean ${similar}?` : ''}`,
    );
  }
  const [weight] = factors;
  if (factors.length === 1) return { term, weight: 1 };
  const value = NUMBER.test(weight) && factors.length === 2 ? Number(weight) : Number.NaN;
  if (value > 0 && Number.isFinite(value)) return { term, weight: value };
  return refuseText(part, `a number above 0 as the weight of ${term}, such as 0.5*${term}`);
}

function refuseText(got: unknown, expected: string): never {
  const shown = String(got);
  const end = expected.endsWith('?') ? '' : '.';
  throw new RangeError(
    `imageLoss: got '${shown.length > 60 ? `${shown.slice(0, 60)}...` : shown}', expected ${expected}${end}`,
  );
}

function termList(): string {
  return IMAGE_LOSS_TERMS.join(', ');
}

/** The window of the paper. */
const WINDOW = { size: 11, sigma: 1.5 } as const;

/** A loss with a window that fits into the images, whatever their size. */
function fittedTo(name: string, build: (windowSize: number, sigma: number) => Loss): Loss {
  return (prediction, target) => {
    const { shape } = prediction;
    if (shape.length !== 4) {
      throw new RangeError(
        `imageLoss: ${name} got ${formatShape(shape)}; expected images, [batch, height, width, channels].`,
      );
    }
    const side = Math.min(shape[1], shape[2], WINDOW.size);
    const size = side % 2 === 0 ? side - 1 : side;
    return build(size, (WINDOW.sigma * size) / WINDOW.size)(prediction, target);
  };
}
