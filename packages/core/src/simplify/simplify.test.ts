import { describe, expect, it } from 'vitest';
import { differentiate } from '../differentiate/differentiate.js';
import { broadcastTo, sum } from '../operations/broadcast.js';
import { scalar } from '../operations/constant.js';
import { placeholder } from '../operations/definition.js';
import { add, div, exp, mul, relu, sqrt, sub } from '../operations/elementwise.js';
import { grad } from '../operations/gradient.js';
import { matmul } from '../operations/matmul.js';
import { maxPool2d } from '../operations/pooling.js';
import { reshape, transpose } from '../operations/reshape.js';
import { runReference } from '../run/reference.js';
import type { Shape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import type { Program } from '../trace/program.js';
import { trace } from '../trace/trace.js';
import { canonicalise } from './canonical.js';
import { transposedFactors } from './factors.js';
import { simplify } from './simplify.js';

const leaf = (...shape: number[]) => placeholder({ shape, dtype: 'float32' }, 'x');
const namesOf = (program: Program) => program.operations.map(({ name }) => name);
const simplified = (...tensors: Tensor[]) => simplify(trace(tensors).program);

describe('simplify', () => {
  it('leaves nothing of reshapes, transpositions and factors that cancel', () => {
    const x = leaf(3, 4);
    const same = [
      reshape(reshape(x, [12]), [3, 4]),
      transpose(transpose(x)),
      transpose(transpose(transpose(leaf(2, 3, 4), [1, 2, 0]), [1, 2, 0]), [1, 2, 0]),
      mul(x, 1),
      mul(1, x),
      div(x, 1),
    ];
    for (const tensor of same) {
      const program = simplified(tensor);
      expect(program.operations).toEqual([]);
      expect(program.outputs).toEqual(program.inputs);
    }
  });

  it('makes one of several reshapes and of several broadcasts', () => {
    expect(namesOf(simplified(reshape(reshape(leaf(12), [3, 4]), [2, 6])))).toEqual(['reshape']);
    expect(namesOf(simplified(broadcastTo(broadcastTo(leaf(4), [3, 4]), [2, 3, 4])))).toEqual(['broadcast']);
  });

  it('computes what depends on constants alone, as far as every engine gives the same bits', () => {
    const five = sub(mul(scalar(2), reshape(scalar(3), [1])), 1);
    const program = simplified(mul(leaf(2, 3), sqrt(broadcastTo(five, [2, 3]))));
    expect(namesOf(program)).toEqual(['constant', 'broadcast', 'mul']);
    expect(program.operations[0].attributes.value).toBe(Math.fround(Math.sqrt(5)));
    expect(namesOf(simplified(mul(leaf(2, 3), exp(broadcastTo(five, [2, 3])))))).toContain('exp');
    // The gradient of a loss in itself is one, and is not multiplied with.
    const x = leaf(2);
    const [gradient] = grad(sum(mul(x, 3)), [x]);
    expect(namesOf(simplify(differentiate(trace([gradient]).program)))).not.toContain('mul');
  });

  it('keeps what only seems to be nothing: zero times x, x plus zero, x over x', () => {
    const x = leaf(3);
    for (const tensor of [mul(x, 0), div(x, x), sub(x, x)]) {
      const [before, after] = [trace([tensor]).program, simplified(tensor)];
      const data = [Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, -2)];
      expect(runReference(after, data)).toEqual(runReference(before, data));
    }
  });

  it('keeps every output, also those that are inputs, constants or each other', () => {
    const x = leaf(2, 2);
    const { program } = trace([x, reshape(x, [4]), mul(x, 1), broadcastTo(reshape(mul(x, 1), [2, 2]), [2, 2, 2]), x]);
    const data = [Float32Array.of(1, 2, 3, 4)];
    expect(runReference(simplify(program), data)).toEqual(runReference(program, data));
  });

  it('writes what is computed twice once, and nothing that is not asked for', () => {
    const x = leaf(3);
    expect(namesOf(simplified(add(exp(x), exp(x)), exp(x)))).toEqual(['exp', 'add']);
    const [gradient] = grad(sum(exp(x)), [x]);
    expect(namesOf(simplify(differentiate(trace([gradient]).program)))).not.toContain('sum');
  });
});

describe('canonicalise', () => {
  const run = (program: Program, ...data: number[][]) =>
    runReference(
      program,
      data.map((values) => Float32Array.from(values)),
    );
  const order = (program: Program) => namesOf(program).filter((name) => ['maxPool2d', 'relu', 'add'].includes(name));
  const image: Shape = [1, 4, 4, 2];
  const ties = Array.from({ length: 32 }, (_, i) => [-1, -1, 0, 2, 2, -3, Number.NaN, -0][(i * 5 + (i >> 3)) % 8]);

  it('pools before bias and activation, to the bit: ties, negative values, zeros, NaN', () => {
    const [x, bias] = [leaf(...image), leaf(2)];
    const { program } = trace([maxPool2d(relu(add(x, bias)), 2)], [x, bias]);
    const moved = canonicalise(program);
    expect(order(program)).toEqual(['add', 'relu', 'maxPool2d']);
    expect(order(moved)).toEqual(['maxPool2d', 'add', 'relu']);
    for (const biases of [
      [0, 0],
      [1, -2],
      [-5, 0.1],
    ]) {
      expect(run(moved, ties, biases)).toEqual(run(program, ties, biases));
    }
  });

  it('gives the gradient to the pixel to which it belongs, the first of equals', () => {
    const [x, bias] = [leaf(...image), leaf(2)];
    const pooled = maxPool2d(relu(add(x, bias)), 2);
    const { program } = trace(grad(sum(mul(pooled, pooled)), [x, bias]), [x, bias]);
    const finite = ties.map((value) => (Number.isNaN(value) ? 1 : value));
    const before = run(differentiate(program), finite, [0.5, -1]);
    expect(run(differentiate(canonicalise(program)), finite, [0.5, -1])).toEqual(before);
    expect(before[0].filter((value) => value !== 0).length).toBeGreaterThan(0);
  });

  it('moves nothing that somebody else reads, so that no gradient is lost', () => {
    const x = leaf(...image);
    const active = relu(x);
    const [gradient] = grad(sum(maxPool2d(active, 2)), [active]);
    const { program } = trace([gradient], [x]);
    const values = Array.from({ length: 32 }, (_, i) => ((i * 7) % 32) + 1);
    const [got] = run(differentiate(canonicalise(program)), values);
    expect(Float32Array.from(got).reduce((total, value) => total + value, 0)).toBe(8);
    expect(order(canonicalise(trace([maxPool2d(active, 2), active]).program))).toEqual(['relu', 'maxPool2d']);
  });

  it('leaves a sum alone whose second part differs within a window', () => {
    for (const shape of [[1, 4, 4, 2], [4, 4, 1], [4, 1, 1], [1]]) {
      const [x, y] = [leaf(...image), leaf(...shape)];
      const { program } = trace([maxPool2d(add(x, y), 2)], [x, y]);
      expect(canonicalise(program)).toEqual(program);
    }
  });
});

describe('transposedFactors', () => {
  it('leaves no transposed right factor, and no value changes', () => {
    const [a, b, left] = [leaf(3, 4), leaf(5, 4), leaf(4, 3)];
    const products = [matmul(a, b, { transposeB: true }), matmul(left, b, { transposeA: true, transposeB: true })];
    const { program } = trace(products, [a, b, left]);
    const written = transposedFactors(program);
    for (const { name, attributes } of written.operations) {
      if (name === 'matmul') expect(attributes.transposeB).toBe(false);
    }
    expect(namesOf(written).filter((name) => name === 'transpose').length).toBe(1);
    const data = [12, 20, 12].map((length, which) => Array.from({ length }, (_, i) => (i * (which + 3)) % 7));
    expect(run(written, ...data)).toEqual(run(program, ...data));
  });

  const run = (program: Program, ...data: number[][]) =>
    runReference(
      program,
      data.map((values) => Float32Array.from(values)),
    );
});
