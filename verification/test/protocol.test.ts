import { Dense, Sequential } from '@weft/nn';
import { fit, WorkerPool } from '@weft/pool';
import { afterEach, describe, expect, it } from 'vitest';
import { WORD, WORDS } from '../src/model/actions.js';
import { loadBarrier } from '../src/model/load-barrier.js';
import { PROTOCOL } from '../src/model/protocol.js';

// The model goes through a protocol of its own. Here the real one is run, in this thread, and does the same.

const realAtomics = globalThis.Atomics;
afterEach(() => {
  globalThis.Atomics = realAtomics;
});

/** What a pool gives its workers, as far as is looked at here. */
interface EpochTask {
  readonly parameters: number;
  readonly slices: number;
  readonly lanes: number;
  readonly lanesAddress: number;
  readonly laneBytes: number;
  readonly validation: {
    readonly results: number;
    readonly resultBytes: number;
    readonly count: number;
    readonly piece: number;
  };
}

const SLICE_BYTES = 4096;
const STEPS = 2;
/** Ends the training: the other workers have done nothing. */
const TRACED = 'All that one worker does was traced.';

interface Traced {
  readonly trace: string[];
  readonly size: { readonly lanes: number; readonly slices: number; readonly pieces: number };
}

/** What one of several real workers does in an epoch, with the others arriving at each barrier before it. */
async function realTrace(worker: number, workers: number, stopWanted: number): Promise<Traced> {
  const { default: work } = await import(new URL('../../packages/pool/dist/worker.js', import.meta.url).href);
  const trace: string[] = [];
  let size: Traced['size'] | undefined;
  await using pool = await WorkerPool.create({ threads: workers });
  Object.assign(pool, {
    async runOnAll(task: EpochTask, keys: readonly number[]) {
      const { buffer } = pool.memory.memory;
      const control = pool.control.byteOffset;
      pool.control.fill(0);
      pool.control[WORD.stopWanted] = stopWanted;
      const { lanes, slices, validation } = task;
      const pieces = Math.ceil(validation.count / validation.piece);
      size = { lanes, slices, pieces };
      const regions = [
        ...range(lanes, (lane) => ({ address: task.lanesAddress + lane * task.laneBytes, bytes: task.laneBytes })),
        ...range(slices, (slice) => ({ address: task.parameters + slice * SLICE_BYTES, bytes: SLICE_BYTES })),
        ...range(pieces, (piece) => ({ address: validation.results + piece * 4, bytes: 4 })),
      ].map(({ address, bytes }) => new Uint8Array(buffer, address, bytes));
      let before = regions.map((region) => Buffer.from(region));
      const noteWrites = () => {
        regions.forEach((region, index) => {
          if (!before[index].equals(region)) trace.push(`writes ${index}`);
        });
        before = regions.map((region) => Buffer.from(region));
      };
      globalThis.Atomics = recordingAtomics(control, workers, trace, noteWrites);
      const own = { memory: pool.memory.memory, control, worker, workers, keys: keys[worker] };
      work({ ...task, ...own, validation: { ...validation, ...own } });
      noteWrites();
      globalThis.Atomics = realAtomics;
      throw new Error(TRACED);
    },
  });
  const model = new Sequential([new Dense({ units: 150, activation: 'tanh' }), new Dense({ units: 9 })], {
    inputShape: [9],
    seed: 1,
  });
  const x = Float32Array.from({ length: 32 * 9 }, (_, index) => Math.fround(((index * 7919) % 101) / 101));
  const training = fit(model, { x }, { pool, epochs: 1, batchSize: 12, validationSplit: 0.25 });
  await expect(training).rejects.toThrow(TRACED);
  return { trace, size: size! };
}

const range = <Item>(length: number, item: (index: number) => Item) =>
  Array.from({ length }, (_, index) => item(index));

/** `Atomics` that writes down what is done with the control words, and lets the other workers arrive. */
function recordingAtomics(control: number, workers: number, trace: string[], before: () => void): typeof Atomics {
  return new Proxy(realAtomics, {
    get: (target, name: keyof typeof Atomics & string) => {
      const method = target[name] as (...operands: unknown[]) => unknown;
      return (words: Int32Array, index: number, ...operands: number[]) => {
        const word = (words.byteOffset - control) / 4 + index;
        before();
        trace.push(line(name, word, operands));
        if (name === 'add' && word === WORD.arrived) target.add(words, index, workers - 1);
        return method.call(target, words, index, ...operands);
      };
    },
  });
}

const line = (call: string, word: number, operands: readonly number[]) =>
  `${call} ${Object.keys(WORD)[word]}${['store', 'add'].includes(call) ? ` ${operands[0]}` : ''}`;

/** The same of a worker of the model. */
function modelTrace(worker: number, workers: number, stopWanted: number, { size }: Traced): string[] {
  const trace: string[] = [];
  const words = new Array<number>(WORDS).fill(0);
  words[WORD.stopWanted] = stopWanted;
  const place = { worker, end: STEPS, size: { ...size, workers, legs: [STEPS] }, barrier: loadBarrier() };
  for (let step = 0; step < STEPS; step++) {
    for (const phase of PROTOCOL) {
      const actions = phase({ ...place, step });
      let next = actions.next();
      while (!next.done) {
        const action = next.value;
        if (action.call === 'data') {
          trace.push(...action.writes.map(({ region }) => `writes ${region}`));
          next = actions.next(0);
          continue;
        }
        const { call, word, value } = action;
        trace.push(line(call, word, [value]));
        if (call === 'add' && word === WORD.arrived) words[word] += workers - 1;
        const old = words[word];
        if (call === 'add') words[word] += value;
        if (call === 'store') words[word] = value;
        next = actions.next(old);
      }
      if (next.value) return trace;
    }
  }
  return trace;
}

describe('a worker of the pool does what the one of the model does', () => {
  it.each([
    [0, 1, 0],
    [0, 2, 0],
    [1, 2, 0],
    [2, 3, 0],
    [0, 1, 1],
    [1, 2, 1],
  ])('worker %i of %i, where stopping is wanted: %i', async (worker, workers, stopWanted) => {
    const real = await realTrace(worker, workers, stopWanted);
    expect(real.size).toEqual({ lanes: 3, slices: 3, pieces: 2 });
    expect(real.trace).toEqual(modelTrace(worker, workers, stopWanted, real));
  });
});
