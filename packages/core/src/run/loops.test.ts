import { describe, expect, it } from 'vitest';
import { square } from '../compositions/arithmetic.js';
import { mean } from '../compositions/reductions.js';
import { sum } from '../operations/broadcast.js';
import { add, mul, sub, tanh } from '../operations/elementwise.js';
import { grad } from '../operations/gradient.js';
import { stopGradient } from '../operations/stop-gradient.js';
import { tensor } from '../tensor/create.js';
import type { Node, Tensor } from '../tensor/tensor.js';
import { compute } from './compute.js';
import { statistics } from './statistics.js';

const x = tensor([1, 2, 3, 4]);
const y = tensor([5, 7, 9, 11]);
const lossOf = (a: Tensor, b: Tensor) => mean(square(sub(add(mul(a, x), b), y)));

/** Nodes that a tensor keeps in memory. */
function reachable(of: readonly Tensor[]): number {
  const seen = new Set<Node>();
  const stack = of.map(({ node }) => node);
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    stack.push(...node.inputs.map((input) => input.node));
  }
  return seen.size;
}

/** Steps of gradient descent, and what each of them did. */
function descend(steps: number, ask: (a: Tensor, b: Tensor, loss: Tensor) => void) {
  let [a, b] = [tensor(0), tensor(0)];
  const work: { compilations: number; visitedNodes: number; reachable: number }[] = [];
  for (let step = 0; step < steps; step++) {
    const before = { ...statistics };
    const loss = lossOf(a, b);
    const [slopeOfA, slopeOfB] = grad(loss, [a, b]);
    [a, b] = [sub(a, mul(slopeOfA, 0.1)), sub(b, mul(slopeOfB, 0.1))];
    ask(a, b, loss);
    work.push({
      compilations: statistics.compilations - before.compilations,
      visitedNodes: statistics.visitedNodes - before.visitedNodes,
      reachable: reachable([a, b]),
    });
  }
  return { a, b, work };
}

describe('a loop of 3,000 steps', () => {
  it.each<[string, number, (a: Tensor, b: Tensor, loss: Tensor) => void]>([
    ['that computes all weights', 1, (a, b) => compute([a, b])],
    ['that computes weights and loss', 1, (a, b, loss) => compute([loss, a, b])],
    ['that asks one weight after the other', 3, (a, b) => [a.item(), b.item()]],
    ['that asks for one weight alone', 2, (a) => a.item()],
  ])('%s does the same work in each', (_name, compilations, ask) => {
    const { a, b, work } = descend(3000, ask);
    expect(a.item()).toBeCloseTo(2, 3);
    expect(b.item()).toBeCloseTo(3, 3);
    expect(work.reduce((total, step) => total + step.compilations, 0)).toBeLessThanOrEqual(compilations);
    const [early, late] = [work[10], work[2999]];
    expect(late).toEqual(early);
    expect(late.reachable).toBeLessThan(100);
  });
});

describe('what a step has forgotten', () => {
  it('refuses gradients that would have to pass through it', () => {
    let a = tensor(0);
    const first = a;
    for (let step = 0; step < 3; step++) {
      const [slope] = grad(lossOf(a, a), [a]);
      a = sub(a, mul(slope, 0.01));
      a.item();
    }
    // The last step still knows how it was computed, the one before does not.
    expect(() => grad(square(a), [first])[0].item()).toThrow(/^grad: .* has forgotten how.*stopGradient/);
    expect(grad(square(stopGradient(a)), [first])[0].item()).toBe(0);
    expect(grad(square(a.detach()), [first])[0].item()).toBe(0);
  });

  it('is nothing where steps are computed at once', () => {
    const gradient = (isComputed: boolean) => {
      const w = tensor(0.5);
      const inner = sub(w, mul(grad(square(tanh(w)), [w])[0], 0.1));
      if (isComputed) inner.item();
      return grad(square(inner), [w])[0].item();
    };
    expect(gradient(true)).toBe(gradient(false));
  });

  it('does not keep a later gradient from being right', () => {
    let [a, b] = [tensor(0), tensor(0)];
    const gradients: Tensor[] = [];
    for (let step = 0; step < 5; step++) {
      const [slopeOfA, slopeOfB] = grad(lossOf(a, b), [a, b]);
      gradients.push(slopeOfB);
      [a, b] = [sub(a, mul(slopeOfA, 0.1)), sub(b, mul(slopeOfB, 0.1))];
      a.item();
    }
    const late = gradients.map((gradient) => gradient.item());
    let [c, d] = [tensor(0), tensor(0)];
    late.forEach((value) => {
      const [slopeOfC, slopeOfD] = compute(grad(lossOf(c, d), [c, d]));
      expect(value).toBeCloseTo(slopeOfD[0], 4);
      [c, d] = [tensor(c.item() - 0.1 * slopeOfC[0]), tensor(d.item() - 0.1 * slopeOfD[0])];
    });
  });

  it('is known of ordinary tensors: gradients pass through what was computed', () => {
    const w = tensor([0.5, 0.25]);
    let h = tensor([1, 1]);
    for (let step = 0; step < 5; step++) {
      h = tanh(mul(h, w));
      h.toArray();
    }
    let fresh = tensor([1, 1]);
    for (let step = 0; step < 5; step++) fresh = tanh(mul(fresh, w));
    expect(grad(sum(h), [w])[0].toArray()).toEqual(grad(sum(fresh), [w])[0].toArray());
  });
});
