import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandGrid, parseStudy, StudyError, trialWord } from '../src/index.js';

const parse = (definition: unknown) =>
  parseStudy(typeof definition === 'string' ? definition : JSON.stringify(definition), {
    source: 'my.json',
    reports: ['table', 'seeds'],
    measures: ['noise'],
  });

const trials = [{ name: 'a', options: { seed: 1 } }, { name: 'b' }];

describe('parseStudy', () => {
  it('reads a list of trials', () => {
    expect(parse({ name: 'x', trials, base: { epochs: 2 } })).toEqual({
      name: 'x',
      title: 'x',
      base: { epochs: 2 },
      trials: [trials[0], { name: 'b', options: {} }],
      measures: [],
      report: 'table',
    });
  });

  it('reads what it has read, as study.json holds it', () => {
    const study = parse({
      name: 'x',
      title: 'A title',
      trials,
      measures: [{ kind: 'noise', of: [1, 2] }],
      report: 'seeds',
    });
    expect(parse(study)).toEqual(study);
  });

  it('expands a grid, the last option fastest', () => {
    const { trials } = parse({ name: 'x', grid: { batchSize: [1, 2], model: ['cae', 'vae'] } });
    expect(trials.map(({ name }) => name)).toEqual([
      'batch-size-1-model-cae',
      'batch-size-1-model-vae',
      'batch-size-2-model-cae',
      'batch-size-2-model-vae',
    ]);
    expect(trials[2].options).toEqual({ batchSize: 2, model: 'cae' });
  });

  it.each([
    ['{', 'it is no JSON'],
    [[], 'the whole file: got [], expected an object'],
    [{ name: 'x', trails: [] }, "got the key 'trails', expected name, title, base, trials, grid, measures or report"],
    [{ trials }, 'name: got nothing'],
    [{ name: '../x', trials }, 'name: got "../x", expected up to 80 letters'],
    [{ name: 'x' }, 'got neither trials nor a grid'],
    [{ name: 'x', trials, grid: {} }, 'got trials and a grid, expected one of them'],
    [{ name: 'x', trials: [] }, 'trials: got none, expected at least one'],
    [{ name: 'x', trials: {} }, 'trials: got {}, expected a list'],
    [{ name: 'x', trials: [{ name: 'a' }, { name: 'A' }] }, "trials[1].name: got 'A', which trials[0] has already"],
    [{ name: 'x', trials: [{ name: 'a/b' }] }, 'trials[0].name: got "a/b"'],
    [{ name: 'x', trials: [{ name: 'a', option: {} }] }, "trials[0]: got the key 'option'"],
    [
      { name: 'x', trials: [{ name: 'a', options: { seed: [1] } }] },
      'trials[0].options.seed: got [1], expected a number',
    ],
    [{ name: 'x', trials, base: 3 }, 'base: got 3, expected an object'],
    [{ name: 'x', grid: {} }, 'grid: got no option'],
    [{ name: 'x', grid: { seed: 3 } }, 'grid.seed: got 3, expected a list of values'],
    [{ name: 'x', grid: { seed: [] } }, 'grid.seed: got [], expected a list of values'],
    [{ name: 'x', grid: { a: Array(200).fill(1), b: Array(200).fill(1) } }, 'grid: got 40000 trials'],
    [{ name: 'x', grid: { seed: [1, 1] } }, "got 'seed-1', which trials[0] has already"],
    [{ name: 'x', trials, report: 'pie' }, "report: got 'pie', expected table or seeds"],
    [{ name: 'x', trials, measures: [{ kind: 'weight' }] }, "measures[0].kind: got 'weight', expected noise"],
    [
      { name: 'x', trials, measures: [{ kind: 'noise' }, { kind: 'noise' }] },
      "measures[1].kind: got 'noise' a second time",
    ],
  ])('refuses %j', (definition, message) => {
    expect(() => parse(definition)).toThrow(StudyError);
    expect(() => parse(definition)).toThrow(`my.json: `);
    expect(() => parse(definition)).toThrow(message);
  });

  it('reads any JSON or refuses it with a sentence', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        try {
          parse(text);
        } catch (error) {
          expect(error).toBeInstanceOf(StudyError);
        }
      }),
    );
  });

  it('has options checked together with those of the base', () => {
    const seen: object[] = [];
    const checkOptions = (options: object) => {
      seen.push(options);
      return options as Record<string, number>;
    };
    parseStudy(JSON.stringify({ name: 'x', base: { epochs: 2 }, trials }), { source: '', checkOptions });
    expect(seen).toContainEqual({ epochs: 2, seed: 1 });
  });
});

it('expandGrid gives as many trials as there are combinations, all different', () => {
  const axis = fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(axis, axis, axis, (a, b, c) => {
      const grid = expandGrid({ a, b, c });
      expect(new Set(grid.map(({ name }) => name)).size).toBe(a.length * b.length * c.length);
      expect(new Set(grid.map(({ options }) => JSON.stringify(options))).size).toBe(a.length * b.length * c.length);
    }),
  );
});

it('trialWord makes a part of a name of any text', () => {
  expect(trialWord('0.8*ssim + 0.2*mae')).toBe('0.8-ssim-0.2-mae');
  expect(trialWord('gaussian:0.1..0.5')).toBe('gaussian-0.1-0.5');
  expect(trialWord('learningRate-0.001')).toBe('learning-rate-0.001');
});
