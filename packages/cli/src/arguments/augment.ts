import { mostSimilar } from '@weft/core/program';
import { CallContext, RandomContrast, RandomFlip, RandomRotation, RandomTranslation, RandomZoom } from '@weft/nn';
import type { Corruption } from '@weft/pool';
import { type Kind, language } from './kinds.js';

/** A change of images that draws its own numbers. */
type Change = RandomFlip | RandomRotation | RandomTranslation | RandomZoom | RandomContrast;

interface Word {
  /** The largest number that may stand behind the colon; 0 where none may. */
  readonly most: number;
  readonly unit: string;
  build(factor: number): Change;
}

/** What a number f means: drawn evenly from -f to f for each image. */
const WORDS: Readonly<Record<string, Word>> = {
  flip: { most: 0, unit: 'no number', build: () => new RandomFlip({ mode: 'horizontal' }) },
  'flip-vertical': { most: 0, unit: 'no number', build: () => new RandomFlip({ mode: 'vertical' }) },
  rotate: { most: 1, unit: 'whole turns', build: (factor) => new RandomRotation({ factor }) },
  shift: {
    most: 1,
    unit: 'parts of height and width',
    build: (factor) => new RandomTranslation({ heightFactor: factor, widthFactor: factor }),
  },
  zoom: { most: 0.9, unit: 'parts of height and width', build: (factor) => new RandomZoom({ heightFactor: factor }) },
  contrast: {
    most: 1,
    unit: 'parts of the contrast',
    build: (factor) => new RandomContrast({ factor, valueRange: [0, 1] }),
  },
};

const EXAMPLE = 'flip,rotate:0.05,shift:0.1,zoom:0.1,contrast:0.2';
const EXPECTED = `${Object.keys(WORDS).join(', ')}, with how much each may change, such as ${EXAMPLE}`;

/** `--augment`: random changes of the training images, in their order. */
export const augment: Kind<string> = language('CHANGES', EXPECTED, EXAMPLE, augmentText);

/**
 * The changes that a text describes, as `fit` takes them as `augment`: images [batch, height, width, channels] with pixels
 * from 0 to 1, changed in each epoch in another way.
 *
 * - `flip`, `flip-vertical`: exchanges left and right, top and bottom, of every second image
 * - `rotate:0.05`: turns by up to 0.05 whole turns (18 degrees) either way
 * - `shift:0.1`: moves by up to a tenth of height and width in each direction
 * - `zoom:0.1`: shows up to a tenth more or less of the image
 * - `contrast:0.2`: multiplies the contrast by 0.8 to 1.2
 *
 * What comes into sight beyond the edges is the image, mirrored.
 *
 * @throws RangeError if the text is none of these
 */
export function augmentation(text: string): Corruption {
  const changes = parse(text).map(({ word, factor }) => WORDS[word].build(factor));
  return (x, { seed, epochKeys }) => {
    const context = new CallContext({ training: true, random: { seed, keys: epochKeys } });
    // Paths decide random streams: a change keeps its draws when others stand behind it.
    return changes.reduce((y, change, index) => change.call(y, [], context.at(`augment/${index}`)), x);
  };
}

/** Changes in their canonical form. @throws RangeError if the text is none */
function augmentText(text: string): string {
  return parse(text)
    .map(({ word, factor }) => (WORDS[word].most === 0 ? word : `${word}:${factor}`))
    .join(',');
}

const NUMBER = /^(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?$/i;

function parse(text: string): { readonly word: string; readonly factor: number }[] {
  const changes = text.split(',').map((part) => parseChange(part.trim()));
  const twice = changes.find(({ word }, index) => changes.findIndex((other) => other.word === word) < index);
  if (twice)
    throw new RangeError(`augment: got '${shortened(text)}', which has ${twice.word} twice. Give each change once.`);
  return changes;
}

function parseChange(part: string) {
  const [word, number, ...more] = part.split(':').map((piece) => piece.trim());
  if (!Object.hasOwn(WORDS, word)) {
    const similar = mostSimilar(word, Object.keys(WORDS));
    const advice = similar ? ` Did you mean ${similar}?` : '';
    throw new RangeError(`augment: got '${shortened(part)}', expected ${EXPECTED}.${advice}`);
  }
  const { most, unit } = WORDS[word];
  if (most === 0 && number === undefined) return { word, factor: 0 };
  const factor = NUMBER.test(number ?? '') ? Number(number) : Number.NaN;
  if (most > 0 && more.length === 0 && factor > 0 && factor <= most) return { word, factor };
  const expected =
    most === 0 ? `${word} alone` : `${word}:N with N above 0, up to ${most} (${unit}), such as ${word}:0.1`;
  throw new RangeError(`augment: got '${shortened(part)}', expected ${expected}.`);
}

const shortened = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}...` : text);
