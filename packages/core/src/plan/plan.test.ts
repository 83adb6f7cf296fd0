import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { autoencoderTraining } from '../../test/support/autoencoder.js';
import { layOut } from '../../test/support/planned.js';
import { build, recipes } from '../../test/support/programs.js';
import { square } from '../compositions/arithmetic.js';
import { fuse } from '../fuse/fuse.js';
import { broadcastTo, sum } from '../operations/broadcast.js';
import { placeholder } from '../operations/definition.js';
import { add, exp, mul, tanh } from '../operations/elementwise.js';
import { matmul } from '../operations/matmul.js';
import { reshape, transpose } from '../operations/reshape.js';
import { lower } from '../run/compile.js';
import { byteLength } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import type { Program } from '../trace/program.js';
import { trace } from '../trace/trace.js';
import { ALIGNMENT, ARENA, type MemoryPlan, type Placement, planMemory } from './plan.js';

const leaf = (...shape: number[]) => placeholder({ shape, dtype: 'float32' }, 'x');
const fusedOf = (outputs: readonly Tensor[], inputs: readonly Tensor[]) => fuse(lower(trace(outputs, inputs).program));

interface Life {
  readonly value: number;
  readonly from: number;
  readonly to: number;
  readonly begin: number;
  readonly end: number;
}

/** When each stored value of the arena lives, counted here anew: from its operation to its last reader, or for ever. */
function livesOf(program: Program, { prologue, main, placements }: MemoryPlan): Life[] {
  const ordered = [...prologue, ...main];
  const source = new Map<number, number>();
  for (const { name, inputs, outputs } of ordered) if (name === 'reshape') source.set(outputs[0], inputs[0]);
  const rootOf = (value: number): number => (source.has(value) ? rootOf(source.get(value) as number) : value);
  const lastRead = new Map<number, number>();
  ordered.forEach(({ inputs }, at) => {
    for (const value of inputs) lastRead.set(rootOf(value), at);
  });
  for (const value of program.outputs) lastRead.set(rootOf(value), ordered.length);
  return ordered.flatMap(({ name, outputs }, at) =>
    name === 'reshape'
      ? []
      : outputs.map((value) => {
          const { offset } = placements[value] as Placement;
          const lasts = at < prologue.length && (lastRead.get(value) ?? 0) >= prologue.length;
          return {
            value,
            from: lasts ? -1 : at,
            to: lasts ? ordered.length : (lastRead.get(value) ?? at),
            begin: offset,
            end: offset + byteLength(program.values[value]),
          };
        }),
  );
}

function expectSound(program: Program, invariant: ReadonlySet<number>): void {
  const { placed } = layOut(program, 1);
  const plan = planMemory(program, { placed, invariant });
  const lives = livesOf(program, plan);
  for (const { begin, end } of lives) {
    expect(begin % ALIGNMENT).toBe(0);
    expect(end).toBeLessThanOrEqual(plan.arenaBytes);
  }
  lives.forEach((life, index) => {
    for (const other of lives.slice(index + 1)) {
      const together = life.from <= other.to && other.from <= life.to;
      const apart = life.end <= other.begin || other.end <= life.begin;
      if (together && !apart) expect.fail(`values ${life.value} and ${other.value} share bytes while both live`);
    }
  });
  const rounded = ({ begin, end }: Life) => Math.ceil((end - begin) / ALIGNMENT) * ALIGNMENT;
  const total = (some: readonly Life[]) => some.reduce((sum, life) => sum + rounded(life), 0);
  const steps = plan.prologue.length + plan.main.length;
  const live = Array.from({ length: steps + 1 }, (_, at) =>
    total(lives.filter(({ from, to }) => from <= at && at <= to)),
  );
  expect(plan.arenaBytes).toBeLessThanOrEqual(total(lives));
  expect(plan.arenaBytes).toBeGreaterThanOrEqual(Math.max(0, ...live));
}

/** The operations that depend on some values alone. */
function dependingOn(program: Program, values: ReadonlySet<number>): Set<unknown> {
  const known = new Set(values);
  return new Set(
    program.operations.filter(({ inputs, outputs }) => {
      const depends = inputs.every((value) => known.has(value));
      if (depends) for (const value of outputs) known.add(value);
      return depends;
    }),
  );
}

describe('planMemory', () => {
  it('lets no two values share bytes while both live, aligned, in no more room than needed', () => {
    fc.assert(
      fc.property(recipes(), fc.boolean(), fc.nat(255), (recipe, gradients, mask) => {
        const { outputs, leaves } = build(recipe, gradients);
        const program = fusedOf(outputs, leaves);
        expectSound(program, new Set(program.inputs.filter((_, which) => (mask >> which) & 1)));
      }),
      { numRuns: 60 },
    );
  });

  it('plans the training of the autoencoder soundly, and far below what all its values take', () => {
    const { program, weights } = autoencoderTraining(4);
    const fused = fuse(lower(program));
    const invariant = new Set(weights.map((which) => fused.inputs[which]));
    expectSound(fused, invariant);
    const { transientBytes } = planMemory(fused, { placed: layOut(fused, 1).placed, invariant });
    const all = fused.operations.flatMap(({ outputs }) => outputs).map((value) => byteLength(fused.values[value]));
    expect(transientBytes).toBeLessThan(0.6 * all.reduce((a, b) => a + b));
  });

  it('puts into the prologue what depends on invariant inputs alone, and nothing else, in the same order', () => {
    fc.assert(
      fc.property(recipes(), fc.nat(255), (recipe, mask) => {
        const { outputs, leaves } = build(recipe, true);
        const program = fusedOf(outputs, leaves);
        const invariant = new Set(program.inputs.filter((_, which) => (mask >> which) & 1));
        const { prologue, main } = planMemory(program, { placed: layOut(program, 1).placed, invariant });
        const stays = dependingOn(program, invariant);
        expect(prologue).toEqual(program.operations.filter((operation) => stays.has(operation)));
        expect(main).toEqual(program.operations.filter((operation) => !stays.has(operation)));
      }),
      { numRuns: 60 },
    );
  });

  it('leaves to the main part what depends on a result that lies outside', () => {
    const weight = leaf(4, 4);
    const result = exp(weight);
    const program = fusedOf([result, transpose(matmul(result, weight))], [weight]);
    const placed = new Map([
      [program.inputs[0], { segment: 1, offset: 0 }],
      [program.outputs[0], { segment: 2, offset: 0 }],
    ]);
    const { prologue } = planMemory(program, { placed, invariant: new Set(program.inputs) });
    expect(prologue).toEqual([]);
  });

  it('places outputs where the caller wants them, and inputs handed out as outputs where they are', () => {
    const x = leaf(8);
    const program = fusedOf([tanh(x), x, reshape(x, [2, 4])], [x]);
    const wanted = { segment: 3, offset: 128 };
    const input = { segment: 1, offset: 64 };
    const placed = new Map([
      [program.inputs[0], input],
      [program.outputs[0], wanted],
    ]);
    const { placements, arenaBytes } = planMemory(program, { placed, invariant: new Set() });
    expect(program.outputs.map((value) => placements[value])).toEqual([wanted, input, input]);
    expect(arenaBytes).toBe(0);
    expect(ARENA).toBe(0);
  });

  it('refuses an input without a place', () => {
    const x = leaf(8);
    const program = fusedOf([tanh(x)], [x]);
    expect(() => planMemory(program, { placed: new Map(), invariant: new Set() })).toThrow(
      /planMemory: input value \d+ has no place/,
    );
  });
});

describe('an output upon an input', () => {
  const x = leaf(4, 4);
  const place = { segment: 1, offset: 0 };
  const inPlace = (...outputs: Tensor[]) => {
    const program = fusedOf(outputs, [x]);
    const placed = new Map([
      [program.inputs[0], place],
      [program.outputs[0], place],
    ]);
    return () => planMemory(program, { placed, invariant: new Set() });
  };

  it('is allowed where it is computed element by element, as the last that reads the input', () => {
    expect(inPlace(add(mul(x, 2), 1))).not.toThrow();
    expect(inPlace(add(tanh(x), broadcastTo(sum(square(x), 0), [4, 4])))).not.toThrow();
  });

  it.each([
    ['something reads the input later', [tanh(x), transpose(x)]],
    ['it is computed from other elements than its own', [transpose(x)]],
    ['it is computed from rows and columns', [matmul(x, x)]],
    ['it is a sum that grows while the input is read', [sum(x, 0)]],
    ['the input itself is asked for', [tanh(x), x]],
    ['the input is asked for in another shape', [tanh(x), reshape(x, [16])]],
  ] as const)('is refused where %s', (_, outputs) => {
    expect(inPlace(...outputs)).toThrow(/planMemory: value \d+ would overwrite value \d+ before it is read/);
  });

  it('is refused where another output lies', () => {
    const program = fusedOf([tanh(x), transpose(x)], [x]);
    const placed = new Map([
      [program.inputs[0], place],
      ...program.outputs.map((value) => [value, { segment: 2, offset: 0 }] as const),
    ]);
    expect(() => planMemory(program, { placed, invariant: new Set() })).toThrow('would overwrite');
  });
});
