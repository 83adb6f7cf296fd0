import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { build, recipes } from '../../test/support/programs.js';
import { square } from '../compositions/arithmetic.js';
import { mean } from '../compositions/reductions.js';
import { fuse } from '../fuse/fuse.js';
import { placeholder } from '../operations/definition.js';
import { grad } from '../operations/gradient.js';
import { matmul } from '../operations/matmul.js';
import { lower } from '../run/compile.js';

import { trace } from '../trace/trace.js';
import { planMemory } from './plan.js';
import { schedule } from './schedule.js';

describe('schedule', () => {
  it('keeps every operation of a program once, each after what it reads', () => {
    fc.assert(
      fc.property(recipes(), fc.boolean(), (recipe, gradients) => {
        const { outputs, leaves } = build(recipe, gradients);
        const program = fuse(lower(trace(outputs, leaves).program));
        const scheduled = schedule(program);
        expect(new Set(scheduled.operations)).toEqual(new Set(program.operations));
        expect(scheduled.operations).toHaveLength(program.operations.length);
        const known = new Set(scheduled.inputs);
        for (const { inputs, outputs: results } of scheduled.operations) {
          for (const value of inputs) expect(known.has(value)).toBe(true);
          for (const value of results) known.add(value);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("computes a layer's weight gradient before the gradient of the layer before it", () => {
    const x = placeholder({ shape: [4, 8], dtype: 'float32' }, 'x');
    const weights = [0, 1, 2].map((i) => placeholder({ shape: [8, 8], dtype: 'float32' }, `weight ${i}`));
    const loss = mean(square(weights.reduce((y, weight) => matmul(y, weight), x)));
    const { program } = trace(grad(loss, weights), [x, ...weights]);
    const scheduled = schedule(fuse(lower(program)));
    // Gradients are asked for from the first layer to the last, and come from the last to the first.
    const places = scheduled.outputs.map((value) =>
      scheduled.operations.findIndex(({ outputs }) => outputs.includes(value)),
    );
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => b - a));
    const place = (which: number) => ({ segment: 1, offset: 1024 * which });
    const bytes = (candidate: typeof program) =>
      planMemory(candidate, {
        placed: new Map([...candidate.inputs, ...candidate.outputs].map((value, which) => [value, place(which)])),
        invariant: new Set(),
      }).transientBytes;
    expect(bytes(scheduled)).toBeLessThanOrEqual(bytes(fuse(lower(program))));
  });
});
