import { add, mul, random } from '@weft/core';
import { accuracy, Dense, Flatten, Sequential, sparseCategoricalCrossentropyWith } from '@weft/nn';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CheckpointMismatchError,
  type Corruption,
  type ExampleRecords,
  type Examples,
  evaluate,
  type FitOptions,
  fit,
  mapExamples,
  predict,
  type TrainInfo,
  weightsSha256,
} from '../src/index.js';
import { breakingOff, checkpointFiles, directory, pools, prepare } from './support/checkpoint-training.js';
import { bytes, smallAutoencoder, smallDense, uniform } from './support/models.js';
import { poolsOfSeveralSizes } from './support/pools.js';
import { recordsOf } from './support/records.js';

prepare();

const COUNT = 45;
const BATCH = 8;
const EPOCHS = 2;
const SHAPE = [6, 6, 1];
const pictures = bytes(COUNT * 36);
const records = (sha256?: string) => recordsOf(pictures, SHAPE, sha256);

const noisy =
  (keys: 'exampleKeys' | 'epochKeys'): Corruption =>
  (image, draws) =>
    add(image, mul(random('normal', image.shape, { seed: draws.seed, stream: 9, keys: draws[keys] }), 0.2));

async function train(data: Examples, options: Partial<FitOptions> = {}, make = smallAutoencoder) {
  const model = make();
  const usual = { epochs: EPOCHS, batchSize: BATCH, pool: pools[0] };
  const { history, steps } = await fit(model, data, { ...usual, ...options });
  return { sha256: weightsSha256(model), history, steps };
}

/** What callbacks are told when training begins. */
async function told(data: Examples, options: Partial<FitOptions> = {}) {
  let counts: unknown;
  const onTrainBegin = ({ steps, trainCount, validationCount }: TrainInfo) => {
    counts = { steps, trainCount, validationCount };
  };
  await train(data, { ...options, epochs: 1, callbacks: [{ onTrainBegin }] });
  return counts;
}

describe('records', () => {
  it('tell callbacks how many examples there are, as arrays do', async () => {
    for (const validationSplit of [0, 0.3]) {
      expect(await told({ x: records() }, { validationSplit })).toEqual(
        await told({ x: pictures }, { validationSplit }),
      );
    }
    const own = { x: recordsOf(bytes(7 * 36), SHAPE) };
    expect(await told({ x: records() }, { validationData: own })).toMatchObject({
      trainCount: COUNT,
      validationCount: 7,
    });
  });

  const several = poolsOfSeveralSizes();

  it('train with the bits of the same numbers in an array, whatever is asked for', async () => {
    const cases = fc.record({
      pool: fc.constantFrom(0, 1, 2),
      shuffle: fc.boolean(),
      validationSplit: fc.constantFrom(0, 0.3),
      keys: fc.constantFrom(undefined, 'exampleKeys', 'epochKeys') as fc.Arbitrary<undefined | 'exampleKeys'>,
      batchSize: fc.constantFrom(1, 8, 45, 100),
      seed: fc.nat(1000),
      initialEpoch: fc.constantFrom(0, 1),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ pool, keys, ...rest }) => {
        const options = { ...rest, ...(keys && { corrupt: noisy(keys) }) };
        const wanted = await train({ x: pictures }, options);
        expect(await train({ x: records() }, { ...options, pool: several[pool] })).toEqual(wanted);
      }),
      {
        numRuns: 12,
        examples: [
          [
            {
              pool: 2,
              shuffle: true,
              validationSplit: 0.3,
              keys: 'exampleKeys',
              batchSize: 8,
              seed: 1,
              initialEpoch: 0,
            },
          ],
        ],
      },
    );
  });

  it('may be targets too, beside arrays, and beside weights of examples and of classes', async () => {
    const [x, y] = [uniform(COUNT * 9), uniform(COUNT * 3, 2)];
    const sampleWeight = uniform(COUNT, 3);
    const wanted = await train({ x, y, sampleWeight }, { validationSplit: 0.2 }, smallDense);
    const [inputs, targets] = [recordsOf({ data: x }, [9]), recordsOf({ data: y }, [3])];
    for (const data of [
      { x: inputs, y: targets },
      { x: inputs, y },
      { x, y: targets },
    ]) {
      expect(await train({ ...data, sampleWeight }, { validationSplit: 0.2 }, smallDense)).toEqual(wanted);
    }
    const labels = Int32Array.from(uniform(COUNT, 4), (value) => Math.floor(3 * value));
    const classifier = () => new Sequential([new Flatten(), new Dense({ units: 3 })], { inputShape: SHAPE, seed: 1 });
    const options = {
      loss: sparseCategoricalCrossentropyWith({ fromLogits: true }),
      metrics: [accuracy],
      classWeight: { 1: 3 },
      validationSplit: 0.2,
    };
    const ofArray = await train({ x: pictures, y: labels }, options, classifier);
    expect(await train({ x: records(), y: labels }, options, classifier)).toEqual(ofArray);
  });

  it('validate as arrays do, beside arrays, records and streams', async () => {
    const held = bytes(20 * 36, 8);
    const other = () => recordsOf(held, SHAPE);
    const few = { x: { data: pictures.data.subarray(0, 5 * 36), scale: 1 / 255 } };
    for (const [array, own] of [
      [{ x: pictures }, { x: records() }],
      [{ x: pictures }, { x: pictures }],
      [few, few],
    ] as const) {
      const wanted = await train(array, { validationData: { x: held } });
      expect(await train(own, { validationData: { x: other() } })).toEqual(wanted);
    }
    const stream = () => [{ x: pictures }];
    const options = { epochs: EPOCHS, pool: several[0] };
    const [ofArray, ofRecords] = [smallAutoencoder(), smallAutoencoder()];
    const { history } = await fit(ofArray, stream, { ...options, validationData: { x: held } });
    const { history: got } = await fit(ofRecords, stream, { ...options, validationData: { x: other() } });
    expect(got).toEqual(history);
  });

  it('are evaluated, predicted and mapped with the bits of arrays', async () => {
    const model = smallAutoencoder();
    const corrupt = noisy('exampleKeys');
    for (const batchSize of [7, 200]) {
      const options = { batchSize, corrupt };
      const losses = await evaluate(model, { x: pictures }, { ...options, pool: several[0] });
      const outputs = await predict(model, pictures, { ...options, pool: several[0] });
      for (const pool of several) {
        expect(await evaluate(model, { x: records() }, { ...options, pool })).toEqual(losses);
        expect(await predict(model, records(), { ...options, pool })).toEqual(outputs);
      }
    }
    const [pool] = several;
    expect(await predict(model, records(), { pool })).toEqual(await predict(model, pictures, { pool }));
    const double = (x: Parameters<Parameters<typeof mapExamples>[0]>[0]) => x.mul(2);
    expect(await mapExamples(double, records(), SHAPE, { pool })).toEqual(
      await mapExamples(double, pictures, SHAPE, { pool }),
    );
  });

  it('are never asked for more than a batch at a time', async () => {
    const read = records();
    await train({ x: read }, { validationSplit: 0.3 });
    expect(Math.max(...read.calls)).toBe(BATCH);
    // 31 are trained on and 14 are held out.
    expect(read.calls.reduce((sum, count) => sum + count)).toBe(EPOCHS * COUNT);
  });
});

describe('checkpoints of records', () => {
  it('let training end with the bits of arrays, wherever it was interrupted', async () => {
    const options = { validationSplit: 0.25, corrupt: noisy('epochKeys') };
    const wanted = await train({ x: pictures }, options);
    const cases = fc.array(fc.integer({ min: 1, max: wanted.steps }), { minLength: 1, maxLength: 3 });
    let number = 0;
    await fc.assert(
      fc.asyncProperty(cases, async (breaks) => {
        const folder = `${directory}/case-${number++}`;
        const resumable = { ...options, checkpoints: { directory: folder, every: { steps: 1 } }, resumeFrom: folder };
        for (const [index, steps] of breaks.entries()) {
          await train({ x: records() }, { ...resumable, ...breakingOff(steps), pool: pools[index % 2] });
        }
        expect(await train({ x: records() }, resumable)).toEqual(wanted);
      }),
      { numRuns: 6 },
    );
  });

  it('belong to records with the same hash, which they need', async () => {
    const options = { checkpoints: { directory }, resumeFrom: directory };
    await train({ x: records() }, { ...options, epochs: 1 });
    await expect(train({ x: records('another') }, options)).rejects.toThrow(CheckpointMismatchError);
    const { sha256: _, ...nameless } = records();
    await expect(train({ x: nameless }, options)).rejects.toThrow('x: the records have no sha256');
  });

  it('are kept when reading fails, and training continues from them', async () => {
    const wanted = await train({ x: pictures });
    const failing = (after: number): ExampleRecords => {
      const whole = records();
      let calls = 0;
      return {
        ...whole,
        read: (indices, into) => {
          if (++calls > after) throw new Error('the disk is gone');
          return whole.read(indices, into);
        },
      };
    };
    const options = { checkpoints: { directory, every: { steps: 1 } }, resumeFrom: directory };
    // Batches are read ahead: the ninth is the third of the second epoch.
    await expect(train({ x: failing(8) }, options)).rejects.toThrow(
      'fit: records cannot be read at epoch 2, batch 3: the disk is gone',
    );
    expect(await checkpointFiles()).toContain('checkpoint-step-00000008.safetensors');
    expect(await train({ x: records() }, options)).toEqual(wanted);
  });
});

it.each([
  [{ count: 0 }, 'x: the count of records is 0; expected a whole number from 1.'],
  [{ dtype: 'int8' }, "x: the dtype of records is 'int8'; expected 'uint8', 'float32' or 'int32'."],
  [{ scale: undefined }, 'x: records of bytes have no scale. Give scale: 1 / 255 for the bytes of pictures.'],
  [{ scale: Number.NaN }, 'x: the scale is NaN; expected a finite number'],
  [{ shape: [6, 6, 3] }, "x: its examples have shape [6,6,3], but the model's input is [6,6,1]."],
])('says what is wrong with records that have %o', async (wrong, message) => {
  const given = { ...records(), ...wrong } as ExampleRecords;
  await expect(train({ x: given })).rejects.toThrow(message);
});

it('refuses records within the batches of a stream, and as labels that are weighed', async () => {
  const stream = () => [{ x: records() }];
  await expect(fit(smallAutoencoder(), stream, { epochs: 1, pool: pools[0] })).rejects.toThrow(
    'batch 1: x or y: a batch of a stream holds records. Give records instead of the stream',
  );
  const labels = recordsOf({ data: new Int32Array(COUNT) }, []);
  const model = () => new Sequential([new Flatten(), new Dense({ units: 3 })], { inputShape: SHAPE, seed: 1 });
  const options = { loss: sparseCategoricalCrossentropyWith({ fromLogits: true }), classWeight: { 0: 2 } };
  await expect(train({ x: pictures, y: labels }, options, model)).rejects.toThrow(
    'classWeight needs labels in memory, and y holds records',
  );
});
