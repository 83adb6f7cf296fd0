import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSweep, StudyError, sweepTrials } from '../src/index.js';

const parse = (definition: unknown) =>
  parseSweep(typeof definition === 'string' ? definition : JSON.stringify(definition), {
    source: 'my.json',
    fixed: { dataset: 'Put it into the base.' },
    modelsOf: ({ model }) => (model === 'all' ? ['cae', 'cdae'] : []),
  });

const space = { learningRate: { logUniform: [0.001, 0.1] } };
const sweep = { name: 'x', space, trials: 4 };

describe('parseSweep', () => {
  it('fills in what is left out', () => {
    expect(parse(sweep)).toEqual({
      ...sweep,
      title: 'x',
      base: {},
      seed: 0,
      score: { of: 'valLoss', goal: 'minimise' },
    });
  });

  it('reads what it has read, as sweep.json holds it', () => {
    const read = parse({
      ...sweep,
      title: 'A title',
      base: { epochs: null },
      score: { of: 'psnr', model: 'cae' },
      halving: { mostEpochs: 9 },
      seed: 7,
    });
    expect(read.score).toEqual({ of: 'psnr', goal: 'maximise', model: 'cae' });
    expect(read.halving).toEqual({ factor: 3, firstEpochs: 1, mostEpochs: 9 });
    expect(parse(read)).toEqual(read);
  });

  const refused: [unknown, string][] = [
    ['{', 'it is no JSON'],
    [[], 'the whole file: got [], expected an object'],
    [
      { ...sweep, spaces: {} },
      "got the key 'spaces', expected name, title, base, space, trials, seed, score or halving. Did you mean space?",
    ],
    [{ name: 'x', trials: 3 }, 'space: got nothing, expected an object'],
    [{ ...sweep, space: {} }, 'space: got no option'],
    [{ ...sweep, name: '../x' }, 'name: got "../x", expected up to 80 letters'],
    [{ name: 'x', space }, 'trials: got nothing, expected a whole number from 1 to 10000'],
    [{ ...sweep, trials: 0 }, 'trials: got 0, expected a whole number from 1'],
    [{ ...sweep, seed: -1 }, 'seed: got -1, expected a whole number from 0'],
    [
      { name: 'x', space: { seed: [1, 2] }, trials: 2 },
      'trials: got a number of points, but all options of the space have lists. Leave it out',
    ],
    [{ ...sweep, space: { seed: 3 } }, 'space.seed: got 3, expected a list such as [1, 2], or a range'],
    [{ ...sweep, space: { seed: [] } }, 'space.seed: got [], expected a list of values'],
    [{ ...sweep, space: { seed: [[1]] } }, 'space.seed: got [1], expected a number, a text, true or false'],
    [{ ...sweep, space: { seed: [1, 1] } }, 'space.seed: got 1 twice, expected each value once'],
    [
      { ...sweep, space: { seed: { uniform: [1, 2], choice: [1] } } },
      'space.seed: got {"uniform":[1,2],"choice":[1]}, expected one of',
    ],
    [{ ...sweep, space: { seed: {} } }, 'space.seed: got {}, expected one of uniform'],
    [
      { ...sweep, space: { rate: { logUniforn: [1, 2] } } },
      "space.rate: got the key 'logUniforn', expected uniform, logUniform, integers, powersOfTwo or choice. Did you mean logUniform?",
    ],
    [
      { ...sweep, space: { rate: { logUniform: [0, 2] } } },
      'space.rate.logUniform: got [0,2], expected two numbers above 0, the lower one first',
    ],
    [
      { ...sweep, space: { rate: { uniform: [2, 1] } } },
      'space.rate.uniform: got [2,1], expected two numbers, the lower one first',
    ],
    ['{"name":"x","space":{"rate":{"uniform":[-1e308,1e308]}},"trials":1}', 'expected two numbers'],
    [
      { ...sweep, space: { rate: { integers: [1, 2.5] } } },
      'space.rate.integers: got [1,2.5], expected two whole numbers',
    ],
    [
      { ...sweep, space: { rate: { powersOfTwo: [8, 48] } } },
      'space.rate.powersOfTwo: got [8,48], expected two powers of two',
    ],
    [{ ...sweep, space: { rate: { choice: 'mse' } } }, 'space.rate.choice: got "mse", expected a list of values'],
    [{ ...sweep, space: { rate: { uniform: [1, 2, 3] } } }, 'space.rate.uniform: got [1,2,3], expected two numbers'],
    [
      { ...sweep, base: { learningRate: 1 } },
      'space.learningRate: got learningRate, which the base has too. Leave one of them out.',
    ],
    [
      { ...sweep, space: { dataset: ['a', 'b'] } },
      'space.dataset: a sweep does not vary dataset. Put it into the base.',
    ],
    [
      { ...sweep, score: 'testErr' },
      "score: got 'testErr', expected valLoss, loss, testError, psnr or ssim. Did you mean testError?",
    ],
    [{ ...sweep, score: { of: 'psnr', goal: 'most' } }, "score.goal: got 'most', expected minimise or maximise"],
    [
      { ...sweep, score: { of: 'psnr', models: 'cae' } },
      "score: got the key 'models', expected of, goal or model. Did you mean model?",
    ],
    [
      { ...sweep, base: { model: 'all' } },
      'score: got no model, but trial-1 trains cae and cdae. Name one, as in "score": { "of": "valLoss", "model": "cae" }.',
    ],
    [
      { ...sweep, base: { model: 'all' }, score: { of: 'psnr', model: 'vae' } },
      "score.model: got 'vae', but trial-1 trains cae or cdae",
    ],
    [{ ...sweep, base: { validationSplit: 0 } }, 'score: got valLoss, but trial-1 holds nothing out'],
    [{ ...sweep, space: { ...space, loss: ['mse', 'mae'] } }, 'score: got valLoss, but the space has several losses'],
    [{ ...sweep, halving: {} }, 'halving.mostEpochs: got nothing, expected a whole number from 1'],
    [{ ...sweep, halving: { factor: 1, mostEpochs: 9 } }, 'halving.factor: got 1, expected a whole number from 2'],
    [
      { ...sweep, halving: { firstEpochs: 9, mostEpochs: 3 } },
      'halving.mostEpochs: got 3, expected a whole number from 9',
    ],
    [
      { ...sweep, halving: { mostEpochs: 9 }, base: { epochs: 3 } },
      'halving: got epochs among the options, too. Leave epochs out',
    ],
    [
      { ...sweep, halving: { mostEpochs: 9 }, space: { ...space, epochs: [1, 2] } },
      'halving: got epochs among the options, too',
    ],
    [
      { ...sweep, halving: { mostEpochs: 9 }, base: { earlyStopping: 3 } },
      'halving: got earlyStopping among the options, too',
    ],
    [
      { ...sweep, halving: { mostEpochs: 9 }, base: { schedule: 'warmup:2+cosine' } },
      'halving: trial-1 has the schedule warmup:2+cosine',
    ],
    [
      { ...sweep, space: { seed: { integers: [1, 3] } } },
      'trials: the ranges have 3 different points, the sweep asks for 4 trials',
    ],
    [
      { ...sweep, space: { ...space, seed: Array.from({ length: 5000 }, (_, seed) => seed) } },
      'space: got 20000 trials, expected at most 10000',
    ],
    [
      { ...sweep, space: Object.fromEntries(Array.from({ length: 22 }, (_, n) => [`o${n}`, { uniform: [0, 1] }])) },
      'space: got 22 ranges, expected at most 21',
    ],
  ];
  it.each(refused.map(([definition, message]) => [message, definition] as const))(
    'refuses: %s',
    (message, definition) => {
      expect(() => parse(definition)).toThrow(StudyError);
      expect(() => parse(definition)).toThrow('my.json: ');
      expect(() => parse(definition)).toThrow(message);
    },
  );

  it('reads any JSON or refuses it with a sentence', () => {
    const json = fc.oneof(
      fc.json(),
      fc.jsonValue().map((value) => JSON.stringify({ ...sweep, space: value })),
      fc.jsonValue().map((value) => JSON.stringify({ ...sweep, space: { rate: value } })),
    );
    fc.assert(
      fc.property(json, (text) => {
        try {
          parse(text);
        } catch (error) {
          expect(error).toBeInstanceOf(StudyError);
        }
      }),
    );
  });
});

describe('sweepTrials', () => {
  it('tries each combination of the lists with each point of the ranges', () => {
    const trials = sweepTrials(
      parse({ ...sweep, space: { loss: ['mse', 'mae'], ...space, depth: [1, 2, 3] }, score: 'psnr' }),
    );
    expect(trials).toHaveLength(4 * 6);
    expect(trials.map(({ name }) => name).slice(8, 10)).toEqual(['trial-09', 'trial-10']);
    expect(Object.keys(trials[0].options)).toEqual(['loss', 'learningRate', 'depth']);
    const points = new Set(trials.map(({ options }) => options.learningRate));
    expect(points.size).toBe(4);
    for (const point of points) {
      const own = trials.filter(({ options }) => options.learningRate === point);
      expect(new Set(own.map(({ options }) => `${options.loss} ${options.depth}`)).size).toBe(6);
    }
  });

  it('draws values of their ranges, each combination once, and more trials begin with the same', () => {
    const ends = fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 60 }));
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 30 }), ends, (seed, trials, [low, span]) => {
        const of = (count: number) =>
          sweepTrials(
            parse({
              name: 'x',
              seed,
              trials: count,
              space: {
                uniform: { uniform: [low, low + span] },
                log: { logUniform: [span / 100, span * 3] },
                whole: { integers: [low, low + span] },
                power: { powersOfTwo: [4, 256] },
                word: { choice: ['a', 'b', true] },
              },
            }),
          );
        const drawn = of(trials);
        for (const { options } of drawn) {
          const { uniform, log, whole, power, word } = options as Record<string, number>;
          expect(uniform >= low && uniform <= low + span).toBe(true);
          expect(log >= span / 100 && log <= span * 3).toBe(true);
          expect(Number.isInteger(whole) && whole >= low && whole <= low + span).toBe(true);
          expect([4, 8, 16, 32, 64, 128, 256]).toContain(power);
          expect(['a', 'b', true]).toContain(word);
        }
        expect(new Set(drawn.map(({ options }) => JSON.stringify(options))).size).toBe(trials);
        expect(
          of(trials + 1)
            .slice(0, trials)
            .map(({ options }) => options),
        ).toEqual(drawn.map(({ options }) => options));
      }),
      { numRuns: 50 },
    );
  });

  it('finds all points where a sweep asks for as many as there are', () => {
    const all = { depth: { integers: [1, 5] }, batchSize: { powersOfTwo: [1, 8] }, loss: { choice: ['a', 'b', 'c'] } };
    const trials = sweepTrials(parse({ name: 'x', space: all, trials: 60, score: 'psnr' }));
    expect(new Set(trials.map(({ options }) => JSON.stringify(options))).size).toBe(60);
  });

  it('spreads log-uniform values evenly over factors of ten', () => {
    const trials = sweepTrials(parse({ name: 'x', space: { rate: { logUniform: [1e-4, 1] } }, trials: 64, seed: 3 }));
    const decades = trials.map(({ options }) => Math.floor(Math.log10(Number(options.rate))));
    expect([-4, -3, -2, -1].map((decade) => decades.filter((each) => each === decade).length)).toEqual([
      16, 16, 16, 16,
    ]);
  });
});
