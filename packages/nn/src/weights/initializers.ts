import type { Shape } from '@weft/core';
import { RandomStream } from '@weft/core';
import { formatShape, oneOf, sizeOf } from '@weft/core/program';
import { above0, choice, finite, from0 } from '../options/readers.js';
import { type Checked, checked, type OptionsOf, type Reader, type Schema } from '../options/schema.js';
import { fillOrthogonal } from './orthogonal.js';

const VARIANCE_SCALING = {
  /** By what the variance 1 / fan is multiplied, above 0. Default 1. */
  scale: [above0, 1],
  /** The fan: how many inputs or outputs meet in a weight, or the mean of both. Default `fanIn`. */
  mode: [choice('fanIn', 'fanOut', 'fanAvg'), 'fanIn'],
  /** `truncatedNormal` is cut off at two deviations and scaled for the loss of variance. Default `truncatedNormal`. */
  distribution: [choice('truncatedNormal', 'untruncatedNormal', 'uniform'), 'truncatedNormal'],
} as const satisfies Schema;

const NORMAL = {
  /** Default 0. */
  mean: [finite, 0],
  /** Standard deviation, from 0; of `truncatedNormal` before the cut. Default 0.05. */
  stddev: [from0, 0.05],
} as const satisfies Schema;

/** Options of initialisers by their names. */
const OPTIONS = {
  glorotUniform: {},
  glorotNormal: {},
  heUniform: {},
  heNormal: {},
  lecunUniform: {},
  lecunNormal: {},
  varianceScaling: VARIANCE_SCALING,
  randomNormal: NORMAL,
  truncatedNormal: NORMAL,
  randomUniform: {
    /** Default -0.05. */
    minval: [finite, -0.05],
    /** Default 0.05. */
    maxval: [finite, 0.05],
  },
  orthogonal: {
    /** By what the matrix is multiplied. Default 1. */
    gain: [finite, 1],
  },
  identity: {
    /** By what the matrix is multiplied. Default 1. */
    gain: [finite, 1],
  },
  constant: {
    /** Default 0. */
    value: [finite, 0],
  },
  zeros: {},
  ones: {},
} as const satisfies Readonly<Record<string, Schema>>;

/** Names of the ways to draw the first values of a weight. */
export type InitializerName = keyof typeof OPTIONS;

/** A way to draw the first values of a weight, as in Keras: its name, or plain data of its name and its options. */
export type Initializer =
  | InitializerName
  | {
      readonly [Name in InitializerName]: { readonly name: Name } & OptionsOf<(typeof OPTIONS)[Name]>;
    }[InitializerName];

/** An initialiser, whose options are checked; what is left out is the default. */
export const initializer: Reader<Initializer> = (label, option, value) => {
  const names = Object.keys(OPTIONS) as InitializerName[];
  if (typeof value !== 'object' || value === null) return oneOf(label, option, value, names);
  const { name: given, ...options } = value as Readonly<Record<string, unknown>>;
  const name = oneOf(label, `${option}: name`, given, names);
  return { name, ...checked(`${label}: ${option}`, options, OPTIONS[name]) } as Initializer;
};

type Fill = (data: Float32Array, shape: Shape, random: RandomStream) => void;

/** Standard deviation of a standard normal variable that is cut off at two deviations. */
const TRUNCATED_DEVIATION = 0.87962566103423978;

/** The first word of the streams that weights are drawn from; added to a model's own stream. */
const WEIGHTS_STREAM = 0x57454947;

/** How many inputs and outputs meet in a weight: [in, out] for matrices, [height, width, in, out] for kernels. */
function fans(shape: Shape): [number, number] {
  if (shape.length < 2) return [shape[0] ?? 1, shape[0] ?? 1];
  const field = sizeOf(shape.slice(0, -2));
  return [field * shape[shape.length - 2], field * shape[shape.length - 1]];
}

function each(data: Float32Array, draw: () => number): void {
  for (let i = 0; i < data.length; i++) data[i] = draw();
}

function truncated(random: RandomStream): number {
  let value = random.normal();
  while (Math.abs(value) > 2) value = random.normal();
  return value;
}

const varianceScaling =
  (
    scale: number,
    mode: 'fanIn' | 'fanOut' | 'fanAvg',
    distribution: 'truncatedNormal' | 'untruncatedNormal' | 'uniform',
  ): Fill =>
  (data, shape, random) => {
    const [fanIn, fanOut] = fans(shape);
    const fan = Math.max(1, { fanIn, fanOut, fanAvg: (fanIn + fanOut) / 2 }[mode]);
    if (distribution === 'uniform') {
      const limit = Math.sqrt((3 * scale) / fan);
      each(data, () => (2 * random.uniform() - 1) * limit);
    } else {
      const isCut = distribution === 'truncatedNormal';
      const deviation = Math.sqrt(scale / fan) / (isCut ? TRUNCATED_DEVIATION : 1);
      each(data, () => (isCut ? truncated(random) : random.normal()) * deviation);
    }
  };

const fills: { readonly [Name in InitializerName]: (options: Checked<(typeof OPTIONS)[Name]>) => Fill } = {
  glorotUniform: () => varianceScaling(1, 'fanAvg', 'uniform'),
  glorotNormal: () => varianceScaling(1, 'fanAvg', 'truncatedNormal'),
  heUniform: () => varianceScaling(2, 'fanIn', 'uniform'),
  heNormal: () => varianceScaling(2, 'fanIn', 'truncatedNormal'),
  lecunUniform: () => varianceScaling(1, 'fanIn', 'uniform'),
  lecunNormal: () => varianceScaling(1, 'fanIn', 'truncatedNormal'),
  varianceScaling: ({ scale, mode, distribution }) => varianceScaling(scale, mode, distribution),
  randomNormal:
    ({ mean, stddev }) =>
    (data, _shape, random) =>
      each(data, () => mean + stddev * random.normal()),
  truncatedNormal:
    ({ mean, stddev }) =>
    (data, _shape, random) =>
      each(data, () => mean + stddev * truncated(random)),
  randomUniform:
    ({ minval, maxval }) =>
    (data, _shape, random) =>
      each(data, () => minval + (maxval - minval) * random.uniform()),
  orthogonal:
    ({ gain }) =>
    (data, shape, random) =>
      fillOrthogonal(data, shape[shape.length - 1], gain, random),
  identity:
    ({ gain }) =>
    (data, [rows, columns]) => {
      for (let i = 0; i < Math.min(rows, columns); i++) data[i * columns + i] = gain;
    },
  constant:
    ({ value }) =>
    (data) =>
      void data.fill(value),
  zeros: () => () => {},
  ones: () => (data) => void data.fill(1),
};

/** @throws RangeError if there is no such initialiser, or it cannot fill a weight of that shape */
export function checkInitializer(label: string, given: Initializer, shape: Shape): void {
  const read = initializer(label, 'initializer', given);
  const name = typeof read === 'string' ? read : read.name;
  if (name === 'identity' ? shape.length !== 2 : name === 'orthogonal' && shape.length < 2) {
    throw new RangeError(
      `${label}: the initialiser '${name}' fills ${name === 'identity' ? 'matrices' : 'weights of two axes or more'}, ` +
        `but the weight is ${formatShape(shape)}.`,
    );
  }
}

/** What decides the first values of a weight. */
export interface InitializationOptions {
  /** A whole number from 0 to 2^53 - 1. */
  readonly seed: number;
  /** Which random stream the model draws from; models of different streams draw independently. */
  readonly stream: number;
  /** Which of the model's weights it is. */
  readonly index: number;
}

/**
 * First values of a weight, a function of (initialiser, shape, seed, stream, index) alone; the same bits everywhere.
 *
 * - `varianceScaling`: variance scale / fan, where fanIn and fanOut count the inputs and outputs that meet in a weight
 * - `glorotUniform`, `glorotNormal`: variance 2 / (fanIn + fanOut); `heUniform`, `heNormal`: 2 / fanIn; `lecunUniform`,
 *   `lecunNormal`: 1 / fanIn
 * - `orthogonal`: a matrix [all but the last axis, last axis] with orthogonal rows or columns of length `gain`
 * - `identity`, `constant`, `zeros`, `ones`, `randomNormal`, `truncatedNormal`, `randomUniform`
 *
 * Normal variables of the first four lines are cut off at two deviations, with that variance after the cut.
 *
 * @returns row-major values
 * @see Glorot and Bengio (2010), equation 16; He et al. (2015), equation 10; cut off and scaled as in Keras
 */
export function initialValues(
  given: Initializer,
  shape: Shape,
  { seed, stream, index }: InitializationOptions,
): Float32Array {
  const data = new Float32Array(sizeOf(shape));
  const { name, ...own } = typeof given === 'string' ? { name: given } : given;
  const options = checked(name, own, OPTIONS[name] as Schema);
  const fill = (fills[name] as (options: object) => Fill)(options);
  fill(data, shape, new RandomStream(seed, (WEIGHTS_STREAM + stream) >>> 0, index));
  return data;
}
