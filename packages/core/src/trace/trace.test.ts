import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectValues } from '../../test/support/compare.js';
import { computeByReference } from '../../test/support/kernels.js';
import { square } from '../compositions/arithmetic.js';
import { sum } from '../operations/broadcast.js';
import { scalar } from '../operations/constant.js';
import { placeholder } from '../operations/definition.js';
import { add, exp, mul, neg, sub, tanh } from '../operations/elementwise.js';
import { grad } from '../operations/gradient.js';
import { max } from '../operations/reductions.js';
import { reshape } from '../operations/reshape.js';
import { runReference } from '../run/reference.js';
import { statistics } from '../run/statistics.js';
import { tensor, zeros } from '../tensor/create.js';
import type { TypedArray } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { type Program, useCounts } from './program.js';
import { rewrite, trace } from './trace.js';

const names = ({ operations }: Program) => operations.map(({ name }) => name);

/** Random graphs of a few element-wise operations, as indices of what was there before. */
const graphs = fc
  .array(fc.tuple(fc.constantFrom('add', 'mul', 'tanh', 'neg'), fc.nat(), fc.nat()), { minLength: 1, maxLength: 30 })
  .map((steps) => {
    const leaves = [tensor([0.5, -1]), tensor([2, 0.25])];
    const tensors: Tensor[] = [...leaves];
    for (const [name, a, b] of steps) {
      const [x, y] = [tensors[a % tensors.length], tensors[b % tensors.length]];
      const made = { add: () => add(x, y), mul: () => mul(tanh(x), y), tanh: () => tanh(x), neg: () => neg(x) }[name];
      tensors.push((made as () => Tensor)());
    }
    return { leaves, tensors, last: tensors[tensors.length - 1] };
  });

const dataOf = (leaves: readonly Tensor[]) => leaves.map(({ node, index }) => node.data[index] as TypedArray);

describe('trace', () => {
  it('writes what is applied twice to the same values once', () => {
    const x = tensor([1, 2]);
    const once = names(trace([add(exp(x), exp(x))]).program);
    expect(once).toEqual(['exp', 'add']);
    const y = tensor([1, 2]);
    expect(names(trace([add(exp(x), exp(y))]).program)).toEqual(['exp', 'exp', 'add']);
    expect(names(trace([add(sum(x, 0), max(x, 0))]).program)).toEqual(['sum', 'max', 'add']);
  });

  it('does not look at what lies before its inputs', () => {
    let x: Tensor = placeholder({ shape: [2], dtype: 'float32' }, 'x');
    for (let depth = 0; depth < 100; depth++) x = neg(x);
    const before = statistics.visitedNodes;
    expect(names(trace([exp(x)], [x]).program)).toEqual(['exp']);
    expect(statistics.visitedNodes - before).toBeLessThan(10);
  });

  it('tells applications with other attributes apart', () => {
    const x = zeros([2, 3, 4]);
    const { program } = trace([sum(x, 0), sum(x, 1), reshape(x, [24]), reshape(x, [4, 6])]);
    expect(names(program).filter((name) => name !== 'broadcast')).toEqual(['sum', 'sum', 'reshape', 'reshape']);
  });

  it('tells zeros of different sign and infinities apart', () => {
    const values = [0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 1];
    const { program } = trace(values.map(scalar));
    expect(program.operations).toHaveLength(values.length);
    expect(runReference(program, []).map(([value]) => value)).toEqual(values);
  });

  it('writes down what is asked for and nothing else', () => {
    const x = tensor([1, 2]);
    const wanted = neg(x);
    exp(wanted);
    mul(x, 3);
    expect(names(trace([wanted]).program)).toEqual(['neg']);
    expect(names(trace([x]).program)).toEqual([]);
  });

  it('puts every operation after those it needs, and each value has one source', () => {
    fc.assert(
      fc.property(graphs, ({ last }) => {
        const { program } = trace([last, last]);
        const known = new Set(program.inputs);
        expect(known.size).toBe(program.inputs.length);
        for (const { inputs, outputs } of program.operations) {
          for (const value of inputs) expect(known).toContain(value);
          for (const value of outputs) {
            expect(known).not.toContain(value);
            known.add(value);
          }
        }
        expect([...known].sort((a, b) => a - b)).toEqual(program.values.map((_, value) => value));
        expect(program.outputs[0]).toBe(program.outputs[1]);
      }),
    );
  });

  it('gives plain data: what went through JSON computes the same', () => {
    fc.assert(
      fc.property(graphs, ({ last }) => {
        const { program, leaves } = trace([mul(last, -0), add(last, Number.NEGATIVE_INFINITY), last]);
        const copy = JSON.parse(JSON.stringify(program)) as Program;
        expect(copy).toEqual(program);
        expect(runReference(copy, dataOf(leaves))).toEqual(runReference(program, dataOf(leaves)));
      }),
    );
  });

  it('takes the inputs that are named first, used or not, each once', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => placeholder({ shape: [2], dtype: 'float32' }, name));
    const other = tensor([1, 2]);
    const { program, leaves } = trace([add(other, add(c, a))], [a, b, c, a]);
    expect(leaves).toEqual([a, b, c, other]);
    expect(program.inputs).toEqual([0, 1, 2, 3]);
    expect(useCounts(program)).toEqual([1, 0, 1, 1, 1, 1]);
  });

  it('follows graphs of 20,000 operations, deep or wide, without overflowing the stack', () => {
    const x = tensor([1, 2]);
    let deep: Tensor = x;
    for (let i = 0; i < 20_000; i++) deep = add(deep, x);
    expect(trace([deep]).program.operations.length).toBe(20_000);
    const [value, gradient] = computeByReference([deep, grad(sum(deep), [x])[0]]);
    expect([...value]).toEqual([20_001, 40_002]);
    expect([...gradient]).toEqual([20_001, 20_001]);

    // A ladder, in which there are two ways to each of the nodes before.
    let [left, right]: Tensor[] = [x, neg(x)];
    for (let i = 0; i < 10_000; i++) [left, right] = [sub(right, left), sub(left, right)];
    expect(trace([left, right]).program.operations.length).toBe(1 + 20_000);

    const wide = Array.from({ length: 20_000 }, (_, i) => mul(x, i));
    expect(trace(wide).program.outputs.length).toBe(20_000);
  });
});

describe('evaluated tensors', () => {
  it('are not computed again', () => {
    const x = tensor([1, 2]);
    const y = exp(x);
    const values = y.toArray();
    const { program, leaves } = trace([neg(y)]);
    expect(names(program)).toEqual(['neg']);
    expect(leaves).toEqual([y]);
    expectValues(
      neg(y).toArray(),
      values.map((value) => -value),
    );
  });

  it('let gradients through all the same', () => {
    const x = tensor([1, 2]);
    const y = square(x);
    const z = square(y);
    y.toArray();
    z.toArray();
    const [gx, gy] = grad(sum(z), [x, y]);
    expect([...gx.toArray()]).toEqual([4, 32]);
    expect([...gy.toArray()]).toEqual([2, 8]);
  });

  it('spare gradients in them what they were computed from', () => {
    const y = exp(tensor([1, 2]));
    const written = () => names(trace(grad(sum(square(y)), [y])).program);
    expect(written()).toContain('exp');
    y.toArray();
    expect(written()).not.toContain('exp');
  });

  it('stay what they are when their copies are changed', () => {
    const y = exp(tensor([0, 0]));
    y.toArray().fill(9);
    expect([...y.toArray()]).toEqual([1, 1]);
    expect([...neg(y).toArray()]).toEqual([-1, -1]);
  });

  it('may be gradients of one loss', () => {
    const [a, b] = [tensor([1, 2]), tensor([3, 4])];
    const [ga, gb] = grad(sum(mul(a, b)), [a, b]);
    ga.toArray();
    gb.toArray();
    expect([...add(ga, gb).toArray()]).toEqual([4, 6]);
  });
});

describe('rewrite', () => {
  it('without replacements keeps the program', () => {
    fc.assert(
      fc.property(graphs, ({ last, leaves }) => {
        const { program } = trace([last], leaves);
        expect(rewrite(program, () => undefined)).toEqual(program);
      }),
    );
  });

  it('replaces operations, drops what nobody asks for any more, and keeps the inputs', () => {
    const [a, b] = [tensor([1, 2]), tensor([3, 4])];
    const { program } = trace([add(neg(a), exp(b))], [a, b]);
    const rewritten = rewrite(program, ({ name }, [x]) => (name === 'add' ? [mul(x, 2)] : undefined));
    expect(names(rewritten)).toEqual(['neg', 'constant', 'broadcast', 'mul']);
    expect(rewritten.inputs).toEqual([0, 1]);
    expect(runReference(rewritten, [Float32Array.of(1, 2), Float32Array.of(3, 4)])).toEqual([Float32Array.of(-2, -4)]);
  });

  it('gives each rule the place of its operation and inputs that were replaced before', () => {
    const { program } = trace([exp(neg(tensor([1])))]);
    const met: [string, number, string][] = [];
    rewrite(program, ({ name }, [x], index) => {
      met.push([name, index, x.node.operation]);
      return name === 'neg' ? [tanh(x)] : undefined;
    });
    expect(met).toEqual([
      ['neg', 0, 'input'],
      ['exp', 1, 'tanh'],
    ]);
  });
});
