import { countProgram, fuse, type Program } from '@weft/core/program';
import {
  Adagrad,
  Adam,
  Adamax,
  AdamW,
  type Constraint,
  CosineDecay,
  Lion,
  maxNorm,
  nonNeg,
  type Optimizer,
  RMSprop,
  SGD,
  Weight,
} from '@weft/nn';
import { describe, expect, it } from 'vitest';
import { onFlatSlices } from '../src/step/elementwise.js';
import { tracedUpdate } from '../src/step/optimizer-stages.js';

const SHAPE = [32, 64];
const BYTES = 32 * 64 * 4;

function update(optimizer: Optimizer, constraint?: Constraint): Program {
  const weight = new Weight({ name: 'kernel', shape: SHAPE, initializer: 'zeros', constraint });
  return tracedUpdate(optimizer, { path: 'dense/kernel', shape: SHAPE, weight }, optimizer.scalars(1).length);
}

/** Kernels of a program, and how often as much as the whole weight they read and write. */
function counts(program: Program) {
  const { operations, bytesRead, bytesWritten } = countProgram(fuse(program));
  const { loop = 0, slice = 0, ...others } = operations;
  return { loops: loop, others, read: Math.floor(bytesRead / BYTES), written: Math.floor(bytesWritten / BYTES), slice };
}

const everything = {
  learningRate: new CosineDecay({ initialLearningRate: 1, decaySteps: 9 }),
  weightDecay: 0.1,
  useEma: true,
  emaOverwriteFrequency: 2,
  globalClipNorm: 1,
  groups: [{ match: 'dense', learningRateMultiplier: 2 }],
};
const elementwise: readonly [string, Optimizer][] = [
  ['SGD', new SGD()],
  ['SGD with momentum', new SGD({ momentum: 0.9, nesterov: true, clipValue: 1 })],
  ['Adam', new Adam()],
  ['Adam with amsgrad and everything', new Adam({ amsgrad: true, ...everything })],
  ['AdamW', new AdamW()],
  ['RMSprop', new RMSprop({ momentum: 0.5, centered: true })],
  ['Lion', new Lion()],
  ['Adagrad', new Adagrad()],
  ['Adamax', new Adamax()],
];

describe('an update', () => {
  it.each(elementwise)('of %s runs on slices, and reads and writes each number once', (_name, optimizer) => {
    const numbers = 2 + optimizer.slots.length;
    const sliced = onFlatSlices(update(optimizer), new Set(Array.from({ length: numbers }, (_, i) => i)), 2048);
    expect(sliced).toBeDefined();
    const { loops, others, read, written } = counts(sliced as Program);
    expect({ loops, others, read, written }).toEqual({ loops: 1, others: {}, read: numbers, written: numbers - 1 });
  });

  it('with nonNeg still runs on slices', () => {
    expect(onFlatSlices(update(new SGD(), nonNeg()), new Set([0, 1]), 2048)).toBeDefined();
  });

  it('with a norm of its own reads the gradient once more', () => {
    const { read, written } = counts(update(new SGD({ clipNorm: 1 })));
    expect({ read, written }).toEqual({ read: 3, written: 1 });
  });

  it('with a constraint on norms keeps the new weight, and reads it once more', () => {
    const { read, written } = counts(update(new SGD(), maxNorm()));
    expect({ read, written }).toEqual({ read: 3, written: 2 });
  });
});
