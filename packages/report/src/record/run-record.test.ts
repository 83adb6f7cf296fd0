import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exampleModel, exampleRecord } from '../../test/example-run.js';
import { renderReport } from '../page/render-report.js';
import { parseRunRecord, type RunRecord, RunRecordError, recordText } from './run-record.js';

type Json = Record<string, unknown>;

const plain = (): Json => JSON.parse(JSON.stringify(exampleRecord()));

/** The example with the value at a path replaced, or taken out if the value is undefined. */
function changed(path: string, value: unknown): string {
  const record = plain();
  const keys = path.split('.');
  const parent = keys.slice(0, -1).reduce<Json>((node, key) => node[key] as Json, record);
  parent[keys[keys.length - 1]] = value;
  return JSON.stringify(record);
}

function refusal(text: string): RunRecordError {
  try {
    parseRunRecord(text);
  } catch (error) {
    expect(error).toBeInstanceOf(RunRecordError);
    return error as RunRecordError;
  }
  throw new Error('the record was accepted');
}

const problems = (text: string) => refusal(text).message;

describe('a record that is right', () => {
  test('comes back as it was written', () => {
    expect(parseRunRecord(JSON.stringify(exampleRecord()))).toEqual(exampleRecord());
  });

  test('keeps keys it does not know', () => {
    expect(parseRunRecord(changed('options.extra', 'kept')).options.extra).toBe('kept');
  });

  test('may lack a model, the latents, limits and phases', () => {
    const { cdae } = exampleRecord().models;
    const record = { ...exampleRecord(), models: { cdae }, latent: undefined, seconds: { total: 3 } };
    expect(parseRunRecord(JSON.stringify(record)).models.cae).toBeUndefined();
    expect(parseRunRecord(changed('options.limit', undefined)).options.limit).toBeUndefined();
  });

  test('of Weft 0.1 has null for a loss that is not finite, which is NaN', () => {
    const { history } = parseRunRecord(changed('models.cae.history.loss', [0.1, null, 0.2])).models.cae!;
    expect(history.loss).toEqual([0.1, Number.NaN, 0.2]);
  });

  test('may have no validation loss', () => {
    expect(parseRunRecord(changed('models.cae.history.valLoss', [])).models.cae!.history.valLoss).toEqual([]);
  });
});

/** A record that has every key. */
function wholeRecord(): RunRecord {
  const { loss, ...history } = exampleModel().history;
  const model = { ...exampleModel(), history: { loss, ...history, imagesPerSecond: [6000, 6100, 5900] } };
  const { testError, psnr, ssim } = exampleModel(0.1);
  const { options, ...record } = exampleRecord();
  return {
    ...record,
    options: { ...options, limit: 100, testLimit: 50 },
    models: { cae: model, cdae: { ...model, noisyInput: { testError, psnr, ssim } } },
  };
}

type Path = readonly (string | number)[];

/** Where the numbers of a value are. */
function numberPaths(value: unknown, path: Path = []): Path[] {
  if (typeof value === 'number') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    numberPaths(each, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

/** A copy with other numbers at some places. */
function withNumbers(record: RunRecord, numbers: readonly (readonly [Path, number])[]): RunRecord {
  const copy = structuredClone(record);
  for (const [path, number] of numbers) {
    const parent = path.slice(0, -1).reduce<unknown>((node, key) => (node as Json)[key], copy);
    (parent as Json)[path[path.length - 1]] = number;
  }
  return copy;
}

describe('numbers that are not finite', () => {
  // All others are counts, durations and options: no run can have any that is not finite.
  const isMeasured = (path: Path) =>
    /^(latent|models\.\w+\.(history|testError|psnr|ssim|noisyInput|imagesPerSecond))\b/.test(path.join('.'));
  const paths = numberPaths(wholeRecord());
  const measured = paths.filter(isMeasured);
  const number = fc.double().map((value) => value + 0);

  test('are written as texts that people can read', () => {
    expect(recordText({ psnr: Infinity, loss: [Number.NaN, -Infinity] })).toBe(
      '{\n  "psnr": "Infinity",\n  "loss": [\n    "NaN",\n    "-Infinity"\n  ]\n}\n',
    );
  });

  test('come back as they were from every measurement, whatever the others are', () => {
    const values = fc.array(number, { minLength: measured.length, maxLength: measured.length });
    fc.assert(
      fc.property(values, (drawn) => {
        const record = withNumbers(
          wholeRecord(),
          measured.map((path, index) => [path, drawn[index]]),
        );
        const read = parseRunRecord(recordText(record));
        expect(read).toEqual(record);
        expect(renderReport(read, [])).toBe(renderReport(record, []));
      }),
    );
  });

  test('come back from each measurement', () => {
    for (const path of measured) {
      for (const value of [Number.NaN, Infinity, -Infinity]) {
        const record = withNumbers(wholeRecord(), [[path, value]]);
        expect(parseRunRecord(recordText(record)), path.join('.')).toEqual(record);
      }
    }
  });

  test('are refused where there can be none, by name', () => {
    const others = paths.filter((path) => !isMeasured(path));
    expect(others.length).toBeGreaterThan(20);
    for (const path of others) {
      for (const value of ['NaN', 'Infinity', '-Infinity']) {
        const { message } = refusal(recordText(withNumbers(wholeRecord(), [[path, Number(value)]])));
        expect(message).toContain(`got "${value}"`);
        expect(message).toContain(path.join('.').replace(/\.(\d+)/g, '[$1]'));
      }
    }
  });

  test('are not read from other texts', () => {
    for (const text of ['', 'nan', 'infinity', '+Infinity', '1', 'Infinity ']) {
      expect(problems(changed('models.cae.psnr.mean', text))).toContain('models.cae.psnr.mean: expected number');
    }
  });
});

describe('a record that is wrong', () => {
  test.each([
    'formatVersion',
    'dataset',
    'options.seed',
    'options.threads',
    'versions.weft',
    'machine.cores',
    'numerics.kernels',
    'data.classNames',
    'models',
    'models.cae.history',
    'models.cae.history.loss',
    'models.cdae.testError.median',
    'models.cae.weightsSha256',
    'seconds.total',
    'peakMemoryBytes',
    'startedAt',
  ])('names the missing key %s', (path) => {
    expect(problems(changed(path, undefined))).toContain(`${path}: expected`);
    expect(problems(changed(path, undefined))).toContain('nothing (the key is missing)');
  });

  test.each([
    ['options.seed', 'forty-two', 'options.seed: expected number, got "forty-two"'],
    ['dataset', 7, 'dataset: expected string, got 7'],
    ['options.threads', -1, 'options.threads: expected a number >= 0, got -1'],
    ['options.epochs', 2.5, 'options.epochs: expected a whole number, got 2.5'],
    ['options.validationSplit', 1, 'options.validationSplit: expected a number < 1, got 1'],
    ['models.cae.history.loss', [0.1, 'low', 0.2], 'models.cae.history.loss[1]: expected number, got "low"'],
    ['models.cae.history.valLoss', [0.1], 'models.cae.history.valLoss: expected one number an epoch (3, as in loss)'],
    ['data.checksums', { file: 7 }, 'data.checksums.file: expected string, got 7'],
    ['models', [], 'models: expected object, got []'],
    ['formatVersion', 2, 'formatVersion: expected 1, got 2, which a newer Weft wrote; update Weft to read it'],
  ])('%s = %j is refused with what was expected and what was got', (path, value, message) => {
    expect(problems(changed(path, value))).toContain(message);
  });

  test('that is no JSON or no object says so', () => {
    expect(problems('{"formatVersion": 1,')).toContain('it is not JSON');
    for (const text of ['null', '3', '"text"', '[]'])
      expect(problems(text)).toContain('the whole file: expected object');
  });

  test('without end is refused with a message that has one', () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const long = JSON.stringify({
      ...exampleRecord(),
      data: { ...exampleRecord().data, classNames: new Array(5000).fill(7) },
    });
    expect(problems(deep)).toContain('expected object, got [[...]]');
    expect(problems(JSON.stringify(plain()).replace('"seed":42', `"seed":${deep}`))).toContain(
      'options.seed: expected number',
    );
    expect(problems(long)).toContain('data.classNames[0]: expected string, got 7.');
    expect(
      problems(JSON.stringify({ [`${'k'.repeat(5000)}`]: 1, ...plain(), formatVersion: 'x'.repeat(5000) })).length,
    ).toBeLessThan(500);
  });

  test('is read to the first fault of each list, since a file may have millions', () => {
    const { data, models } = exampleRecord();
    const checksums = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`file ${index}`, index]));
    const layers = new Array(5000).fill(0);
    const wrong = { ...data, classNames: ['a', 7, 8], checksums };
    const error = refusal(
      JSON.stringify({ ...exampleRecord(), data: wrong, models: { ...models, cae: { ...models.cae, layers } } }),
    );
    expect(error.problems).toEqual([
      'data.classNames[1]: expected string, got 7',
      'data.checksums.file 0: expected string, got 0',
      'models.cae.layers[0]: expected object, got 0',
    ]);
  });

  test('lists so many problems and counts the others', () => {
    const { message, problems } = new RunRecordError(Array.from({ length: 30 }, (_, index) => `problem ${index}`));
    expect(message).toContain('problem 19; and 10 more.');
    expect(problems).toHaveLength(30);
  });

  test('never throws anything but a RunRecordError', () => {
    fc.assert(fc.property(fc.json(), (text) => problems(text).length > 0));
  });
});
