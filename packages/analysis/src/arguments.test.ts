import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as analysis from './index.js';

const SAMPLE = [3, 10, 9, -2, 100, 25, 4.5, 7, 0.25, 12, 1, 8];
const OTHERS = SAMPLE.map((value) => value + 1);
const IMAGE = Array.from({ length: 144 }, (_, index) => (index * 37) % 10);
const NOISY = IMAGE.map((value, index) => value + (index % 3));
const LABELS = [0, 1, 2, 0, 1, 2];
const FAULTS = [0, 0, 1, 0, 1, 1, 0, 0, 0, 1, 0, 1];
const SHAPE = { height: 12, width: 12 };

type Arrays = readonly ArrayLike<number>[];

interface Call {
  /** arguments that are arrays, with their names in messages */
  readonly arrays: Readonly<Record<string, readonly number[]>>;
  readonly run: (...arrays: Arrays) => unknown;
}

const sample = (run: (values: ArrayLike<number>) => unknown): Call => ({ arrays: { 'the sample': SAMPLE }, run });
const images = (run: (first: ArrayLike<number>, second: ArrayLike<number>) => unknown): Call => ({
  arrays: { 'the images': SAMPLE, 'the reconstructions': OTHERS },
  run,
});

const detector = (run: (scores: ArrayLike<number>, labels: ArrayLike<number>) => unknown): Call => ({
  arrays: { 'the scores': SAMPLE, 'the labels': FAULTS },
  run,
});

/** A call of every function. */
const CALLS: { readonly [Name in keyof typeof analysis]: Call } = {
  averagePrecision: detector(analysis.averagePrecision),
  bestF1: detector(analysis.bestF1),
  bootstrapInterval: sample((values) => analysis.bootstrapInterval(values, { resamples: 100 })),
  confusionMatrix: {
    arrays: { 'the labels': LABELS, 'the predicted classes': [0, 1, 1, 0, 2, 2] },
    run: (labels, predicted) => analysis.confusionMatrix(labels, predicted, 3),
  },
  detectionAt: detector((scores, labels) => analysis.detectionAt(scores, labels, 7)),
  histogram: {
    arrays: { 'the sample': SAMPLE, 'the range': [-5, 200] },
    run: (values, range) => analysis.histogram(values, 5, range as unknown as [number, number]),
  },
  histogramDensities: {
    arrays: { counts: [1, 10, 9], edges: [0, 1, 2, 4] },
    run: (counts, edges) => analysis.histogramDensities({ counts, edges }),
  },
  kernelDensity: {
    arrays: { 'the sample': SAMPLE, 'the grid': [9, 10, 8, 100] },
    run: (values, grid) => analysis.kernelDensity(values, grid),
  },
  logisticRegression: {
    arrays: { 'the points': SAMPLE, 'the labels': LABELS },
    run: (points, labels) => Object.values(analysis.logisticRegression(points, 6, 2, labels)).slice(0, 3),
  },
  mean: sample(analysis.mean),
  meanAbsoluteErrors: images((first, second) => analysis.meanAbsoluteErrors(first, second, 4)),
  meanSquaredErrors: images((first, second) => analysis.meanSquaredErrors(first, second, 4)),
  nearestNeighbourClasses: {
    arrays: { 'the points': SAMPLE, 'the labels': LABELS, 'the queries': OTHERS },
    run: (points, labels, queries) => analysis.nearestNeighbourClasses(points, 6, 2, labels, queries, 2),
  },
  nearestNeighbourPurity: {
    arrays: { 'the points': SAMPLE, 'the labels': LABELS },
    run: (points, labels) => analysis.nearestNeighbourPurity(points, 6, 2, labels, 2),
  },
  nearestNeighbours: {
    arrays: { 'the points': SAMPLE, 'the queries': OTHERS },
    run: (points, queries) => analysis.nearestNeighbours(points, 6, 2, queries, 2),
  },
  peakSignalToNoiseRatios: images((first, second) => analysis.peakSignalToNoiseRatios(first, second, 4, 100)),
  perRegionOverlap: {
    arrays: { 'the scores': SAMPLE, 'the masks': FAULTS },
    run: (scores, masks) => analysis.perRegionOverlap(scores, masks, { height: 3, width: 4 }),
  },
  precisionRecallCurve: detector(analysis.precisionRecallCurve),
  predictionInterval: sample((values) => analysis.predictionInterval(values)),
  principalComponents: {
    arrays: { 'the data': SAMPLE },
    run: (data) => analysis.principalComponents(data, 4, 3, { components: 3 }),
  },
  quantile: sample((values) => analysis.quantile(values, 0.3)),
  quantiles: {
    arrays: { 'the sample': SAMPLE, 'the probabilities': [0.9, 0.1, 1] },
    run: (values, probabilities) => analysis.quantiles(values, probabilities),
  },
  rocAuc: detector(analysis.rocAuc),
  rocCurve: detector(analysis.rocCurve),
  scottBandwidth: sample(analysis.scottBandwidth),
  silhouetteScore: {
    arrays: { 'the points': SAMPLE, 'the labels': LABELS },
    run: (points, labels) => analysis.silhouetteScore(points, 6, 2, labels),
  },
  silvermanBandwidth: sample(analysis.silvermanBandwidth),
  skewness: sample(analysis.skewness),
  structuralSimilarities: {
    arrays: { 'the images': IMAGE, 'the reconstructions': NOISY },
    run: (first, second) => analysis.structuralSimilarities(first, second, SHAPE),
  },
  summaryStatistics: sample(analysis.summaryStatistics),
};

const NO_ARRAYS: readonly [unknown, string][] = [
  ['3, 10, 9', "the text '3, 10, 9'"],
  [undefined, 'undefined'],
  [null, 'null'],
  [7, '7'],
  [3n, 'the bigint 3'],
  [{ data: SAMPLE }, 'an object of data'],
  [new Map([[0, 1]]), 'a value of Map'],
  [new DataView(new ArrayBuffer(8)), 'a value of DataView'],
  [BigInt64Array.of(1n), 'a value of BigInt64Array'],
  [new Set(SAMPLE), 'a value of Set'],
  [() => SAMPLE, 'a function'],
];

const NO_NUMBERS: readonly [unknown, string][] = [
  ['10', "the text '10'"],
  [null, 'null'],
  [undefined, 'undefined'],
  [[1], 'an array of 1'],
  [1n, 'the bigint 1'],
  [true, 'true'],
];

/** Everything that a call has to do with numbers must be the same for all kinds of arrays. */
const KINDS: readonly [string, (values: readonly number[]) => ArrayLike<number>][] = [
  ['an array', (values) => [...values]],
  ['an array-like object', (values) => ({ ...values, length: values.length })],
  ['a frozen array', (values) => Object.freeze([...values])],
];

describe.each(Object.entries(CALLS))('%s', (name, { arrays, run }) => {
  const given = Object.values(arrays);
  const replaced = (index: number, value: unknown) =>
    given.map((values, position) => (position === index ? value : values)) as Arrays;

  it.each(KINDS)('gives for %s what it gives for float64', (_, make) => {
    const expected = run(...given.map((values) => Float64Array.from(values)));
    expect(run(...given.map(make))).toEqual(expected);
  });

  it('gives for integers and float32 what it gives for the same numbers in float64', () => {
    for (const kind of [Int16Array, Float32Array]) {
      // A quarter of a probability would be none as an integer.
      const whole = given.map((values) =>
        kind === Int16Array && Math.max(...values) <= 1 ? values : kind.from(values),
      );
      expect(run(...whole)).toEqual(run(...whole.map((values) => Float64Array.from(values))));
    }
  });

  it('leaves its arguments as they are', () => {
    const copies = given.map((values) => [...values]);
    run(...copies);
    expect(copies).toEqual(given);
  });

  it('refuses what is no array of numbers, and names what it got', () => {
    Object.entries(arrays).forEach(([argument, values], index) => {
      for (const [wrong, words] of NO_ARRAYS) {
        // Left out, a range is that of the sample.
        if (wrong === undefined && argument === 'the range') continue;
        const call = () => run(...replaced(index, wrong));
        expect(call).toThrow(TypeError);
        expect(call).toThrow(`${name}: ${argument} is ${words}; expected numbers.`);
      }
      for (const [wrong, words] of NO_NUMBERS) {
        const call = () => run(...replaced(index, [values[0], wrong, ...values.slice(2)]));
        expect(call).toThrow(TypeError);
        expect(call).toThrow(`${name}: element 1 of ${argument} is ${words}; expected a number.`);
      }
    });
  });
});

const WITH_OPTIONS: readonly [string, string, (options: object) => unknown][] = [
  ['bootstrapInterval', 'statistic, level, resamples, seed', (options) => analysis.bootstrapInterval(SAMPLE, options)],
  [
    'logisticRegression',
    'classCount, c, tolerance, maxIterations',
    (options) => analysis.logisticRegression(SAMPLE, 6, 2, LABELS, options).coefficients,
  ],
  [
    'perRegionOverlap',
    'height, width, limit',
    (options) => analysis.perRegionOverlap(SAMPLE, FAULTS, { height: 3, width: 4, ...options }),
  ],
  [
    'principalComponents',
    'components, whiten, method, seed',
    (options) => analysis.principalComponents(SAMPLE, 4, 3, { components: 2, ...options }),
  ],
  ['silhouetteScore', 'limit, seed', (options) => analysis.silhouetteScore(SAMPLE, 6, 2, LABELS, options)],
  [
    'structuralSimilarities',
    'height, width, channels, windowSize, sigma, dataRange, k1, k2',
    (options) => analysis.structuralSimilarities(IMAGE, NOISY, { ...SHAPE, ...options }),
  ],
];

describe.each(WITH_OPTIONS)('the options of %s', (name, known, run) => {
  it('are refused if there is one that it does not know, and the error names all that it knows', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (option) => {
        fc.pre(!known.split(', ').includes(option) && option !== '__proto__');
        const call = () => run({ [option]: 1 });
        expect(call).toThrow(RangeError);
        expect(call).toThrow(`expected ${known}. Correct its name or leave it out.`);
      }),
    );
    expect(() => run({ windowsize: 7 })).toThrow(
      `${name}: got an option 'windowsize'; expected ${known}. Correct its name or leave it out.`,
    );
  });

  it('may be undefined, as if they were left out', () => {
    const undefinedOnes = known.split(', ').filter((option) => !['components', 'height', 'width'].includes(option));
    const options = Object.fromEntries(undefinedOnes.map((option) => [option, undefined]));
    expect(run(options)).toEqual(run({}));
  });
});

describe('options that are no object', () => {
  it.each([
    ['principalComponents', (options: never) => analysis.principalComponents(SAMPLE, 4, 3, options)],
    ['silhouetteScore', (options: never) => analysis.silhouetteScore(SAMPLE, 6, 2, LABELS, options)],
    ['structuralSimilarities', (options: never) => analysis.structuralSimilarities(IMAGE, NOISY, options)],
  ])('are refused by %s', (name, run) => {
    for (const [wrong, words] of [
      [2, '2'],
      [null, 'null'],
      [[2], 'an array of 1'],
      ['exact', "the text 'exact'"],
    ]) {
      expect(() => run(wrong as never)).toThrow(`${name}: the options are ${words}; expected an object of `);
    }
  });

  it.each([
    [
      'a method that there is not',
      { components: 1, method: 'svd' },
      /method is the text 'svd', expected 'auto', 'exact'/,
    ],
    ['a seed that is no whole number', { components: 1, seed: -1 }, /seed is -1, expected a whole number/],
    ['whitening that is neither', { components: 1, whiten: 'no' }, /whiten is the text 'no', expected true or false/],
    ['a number of components that is a text', { components: '2' }, /the text '2' components/],
  ])('%s is refused', (_, options, message) => {
    expect(() => analysis.principalComponents(SAMPLE, 4, 3, options as never)).toThrow(message);
  });
});
