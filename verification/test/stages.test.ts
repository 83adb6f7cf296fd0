import { matmul, mean, mul, sub, type Tensor, transpose } from '@weft/core';
import { byteLength } from '@weft/core/program';
import { Adam, BatchNormalization, Conv2D, Dense, Flatten, type ModelLoss, Sequential, SGD } from '@weft/nn';
import { type FitOptions, fit, WorkerPool } from '@weft/pool';
import type { StepsWork } from '@weft/train/runtime';
import { describe, expect, it } from 'vitest';

// The model goes through stages of its own. Here are those of real models: what workers may do at the same time in one
// of them must not touch the same bytes, one of them writing. Then the model stands for them, too.

type Stage = StepsWork['stages'][number][number];
type Launch = Extract<Stage, { kind: 'whole' }>['launch'];
type Block = Launch['blocks'][number];

/** Bytes that are touched, from the first up to before the last. */
interface Bytes {
  readonly from: number;
  readonly to: number;
  readonly isWritten: boolean;
  readonly what: string;
}

interface Counts {
  readonly example?: number;
  readonly leaf?: number;
  readonly slice?: number;
}

/** What `fit` gives its workers. */
async function workOf(model: Sequential, x: Float32Array, options: FitOptions): Promise<StepsWork> {
  const stop = new Error('The work is known.');
  let work: StepsWork | undefined;
  // Reference kernels come with their programs and plans, which say what is read and written where.
  await using pool = await WorkerPool.create({ threads: 2, kernels: 'reference' });
  Object.assign(pool, {
    async runOnAll(given: StepsWork) {
      work = given;
      throw stop;
    },
  });
  await expect(fit(model, { x }, { ...options, pool })).rejects.toBe(stop);
  return work!;
}

/** The bytes that a launch touches, but for those of its worker's own. */
function touched({ image: { id, program, plan }, blocks }: Launch, batchBegin: number, counts: Counts): Bytes[] {
  const { example = 0, leaf = 0, slice = 0 } = counts;
  const bases = blocks.map((block: Block) => {
    const { address, perExample = 0, perExampleOfEpoch = 0, perLeaf = 0, perSlice = 0 } = block;
    const ofExample = perExample * example + perExampleOfEpoch * (batchBegin + example);
    return address + ofExample + perLeaf * leaf + perSlice * slice;
  });
  const bytesOf = (value: number, isWritten: boolean): Bytes[] => {
    const { segment, offset } = plan!.placements[value]!;
    if (segment === 0) return [];
    const from = bases[segment] + offset;
    return [{ from, to: from + byteLength(program!.values[value]), isWritten, what: id }];
  };
  const reads = program!.inputs.flatMap((value) => bytesOf(value, false));
  return [...reads, ...program!.outputs.flatMap((value) => bytesOf(value, true))];
}

/** What may be done at the same time in a stage: a list of bytes for each ticket, or slice. */
function shares(stage: Stage, batchBegin: number): Bytes[][] {
  if (stage.kind === 'micro') {
    return stage.leaves.map((microBatches, leaf) =>
      microBatches.flatMap(({ begin, count }, index) => {
        const launch = (index === 0 ? stage.first : stage.next)[count];
        return touched(launch, batchBegin, { example: begin, leaf });
      }),
    );
  }
  if (stage.kind !== 'slices') return [];
  return stage.parts.flatMap(({ launch, count }) =>
    Array.from({ length: count }, (_, slice) => touched(launch, batchBegin, { slice })),
  );
}

const launchesOf = (stage: Stage): Launch[] => {
  if (stage.kind === 'micro') return [...Object.values(stage.first), ...Object.values(stage.next)];
  if (stage.kind === 'slices') return stage.parts.map(({ launch }) => launch);
  return stage.kind === 'whole' ? [stage.launch] : [];
};

/** Bytes of two shares that overlap, one of them written. */
function conflicts(all: readonly Bytes[][]): string[] {
  return all.flatMap((one, index) =>
    all
      .slice(index + 1)
      .flatMap((other) =>
        one.flatMap((a) =>
          other
            .filter((b) => (a.isWritten || b.isWritten) && a.from < b.to && b.from < a.to)
            .map((b) => `${a.what} [${a.from}, ${a.to}) and ${b.what} [${b.from}, ${b.to})`),
        ),
      ),
  );
}

/** Scratch memory of two workers that overlaps. */
function arenaConflicts(stage: Stage): string[] {
  const arenas = [0, 1].map((worker) =>
    launchesOf(stage).map(({ image: { id, plan }, blocks: [{ address, perWorker = 0 }] }): Bytes => {
      const from = address + perWorker * worker;
      return { from, to: from + plan!.arenaBytes, isWritten: true, what: `${id} of worker ${worker}` };
    }),
  );
  return conflicts(arenas);
}

const image = (seed: number) =>
  new Sequential(
    [
      new Conv2D({ filters: 3, kernelSize: 3, padding: 'same' }),
      new BatchNormalization(),
      new Flatten(),
      new Dense({ units: 36, activation: 'sigmoid' }),
    ],
    { inputShape: [6, 6, 1], seed },
  );

/** Every example's outputs are compared with those of all others. */
const contrast: ModelLoss = ({ outputs, inputs }) => {
  const [output] = Object.values(outputs) as Tensor[];
  const [input] = Object.values(inputs) as Tensor[];
  const flat = input.reshape(output.shape);
  const difference = sub(matmul(output, transpose(output)), matmul(flat, transpose(flat)));
  return mean(mul(difference, difference));
};

const CASES: readonly (readonly [string, FitOptions])[] = [
  ['a model with batch normalisation', { epochs: 1, batchSize: 16, loss: contrast, optimizer: new Adam() }],
  [
    'gradients that are clipped together',
    { epochs: 1, batchSize: 5, loss: contrast, optimizer: new SGD({ globalClipNorm: 1 }) },
  ],
  ['a validation', { epochs: 1, batchSize: 16, loss: contrast, validationSplit: 0.3 }],
];

describe('what workers may do at the same time touches different bytes', () => {
  it.each(CASES)('in %s', async (_, options) => {
    const x = Float32Array.from({ length: 39 * 36 }, (_, index) => ((index * 7919) % 101) / 101);
    const work = await workOf(image(1), x, options);
    const kinds = new Set<string>();
    for (let part: StepsWork | undefined = work; part; part = part.next) {
      const { stages, count, batchSize } = part;
      for (let begin = 0; begin < count; begin += batchSize) {
        const step = stages[Math.min(batchSize, count - begin)];
        for (const stage of step) {
          kinds.add(stage.kind);
          expect(conflicts(shares(stage, begin))).toEqual([]);
          expect(arenaConflicts(stage)).toEqual([]);
        }
      }
    }
    expect([...kinds].sort()).toEqual(['finish', 'micro', 'slices', 'whole']);
  });

  it.each(CASES)('and each phase draws from a word of its own, which its step puts back, in %s', async (_, options) => {
    const x = Float32Array.from({ length: 39 * 36 }, (_, index) => ((index * 7919) % 101) / 101);
    const work = await workOf(image(1), x, options);
    for (let part: StepsWork | undefined = work; part; part = part.next) {
      for (const step of Object.values(part.stages)) {
        const words = step.flatMap((stage) => (stage.kind === 'micro' ? [stage.ticket] : []));
        expect(words.length).toBeGreaterThan(0);
        expect(new Set(words).size).toBe(words.length);
        const last = step.at(-1)!;
        const { tickets, count } = (last.kind === 'finish' && last.endsStep) || { tickets: 0, count: 0 };
        for (const word of words) expect(word >= tickets && word < tickets + 4 * count).toBe(true);
      }
    }
  });
});
