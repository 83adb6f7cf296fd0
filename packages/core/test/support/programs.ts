import fc from 'fast-check';
import { clip, square } from '../../src/compositions/arithmetic.js';
import { avgPool2d } from '../../src/compositions/avg-pool2d.js';
import { pad } from '../../src/compositions/pad.js';
import { mean } from '../../src/compositions/reductions.js';
import { broadcastTo, sum } from '../../src/operations/broadcast.js';
import { conv2d } from '../../src/operations/conv2d.js';
import {
  abs,
  add,
  div,
  exp,
  maximum,
  minimum,
  mul,
  neg,
  relu,
  sigmoid,
  sub,
  tanh,
} from '../../src/operations/elementwise.js';
import { grad } from '../../src/operations/gradient.js';
import { matmul } from '../../src/operations/matmul.js';
import { maxPool2d } from '../../src/operations/pooling.js';
import { max } from '../../src/operations/reductions.js';
import { reshape, transpose } from '../../src/operations/reshape.js';
import { concatenate, slice } from '../../src/operations/slice.js';
import { upsample2d } from '../../src/operations/upsample2d.js';
import { full, tensor } from '../../src/tensor/create.js';
import { broadcastShapes, type Shape, sizeOf } from '../../src/tensor/shape.js';
import type { Tensor } from '../../src/tensor/tensor.js';
import { numbers } from './numbers.js';

/** One drawn step: a kind, and numbers that decide operands and options by their remainders. */
interface Step {
  readonly kind: string;
  readonly numbers: readonly number[];
}

/** What a program is built from, as plain data: shapes of its first leaves, steps, and what is asked for. */
export interface Recipe {
  readonly shapes: readonly Shape[];
  readonly steps: readonly Step[];
  readonly choice: readonly number[];
}

/** A program: tensors asked for together, made of leaves that hold data. */
export interface DrawnProgram {
  readonly outputs: readonly Tensor[];
  readonly leaves: readonly Tensor[];
}

const LARGEST = 3000;

/** Tensors made so far; steps take from it and add to it. */
class Bench {
  readonly tensors: Tensor[] = [];
  readonly leaves: Tensor[] = [];
  private seed = 0;

  leaf(shape: Shape): Tensor {
    const made = tensor(numbers(sizeOf(shape), ++this.seed), shape);
    this.leaves.push(made);
    return made;
  }

  take(number: number): Tensor {
    // Late tensors are taken more often, so that chains grow long.
    const { length } = this.tensors;
    return this.tensors[length - 1 - (number % Math.min(length, number % 3 === 0 ? length : 3))];
  }

  /** A tensor as a batch of images. */
  images(number: number): Tensor {
    const x = this.take(number);
    const { shape } = x;
    if (shape.length === 4) return x;
    if (shape.length === 3) return reshape(x, [1, ...shape]);
    if (shape.length === 2) return reshape(x, [1, shape[0], shape[1], 1]);
    return reshape(x, [1, sizeOf(shape), 1, 1]);
  }

  matrix(number: number): Tensor {
    const x = this.take(number);
    return x.shape.length === 2 ? x : reshape(x, [-1, x.shape.at(-1) ?? 1]);
  }
}

type Apply = (bench: Bench, n: readonly number[]) => Tensor | undefined;

const unary: readonly ((x: Tensor) => Tensor)[] = [
  neg,
  abs,
  relu,
  tanh,
  sigmoid,
  (x) => square(tanh(x)),
  (x) => exp(clip(x, -2, 1)),
  (x) => mul(x, 0.5),
  (x) => div(x, add(square(x), 1)),
  (x) => add(1, mul(x, 1)),
];
const binary: readonly ((x: Tensor, y: Tensor) => Tensor)[] = [
  (x, y) => mul(add(x, y), 0.5),
  (x, y) => sub(tanh(x), tanh(y)),
  (x, y) => mul(tanh(x), y),
  maximum,
  minimum,
  (x, y) => div(x, add(1, square(y))),
];

const product = (weight: Tensor, length: number) => mul(weight, 1 / Math.max(1, length));

const kinds: Readonly<Record<string, Apply>> = {
  unary: (bench, [a, which]) => unary[which % unary.length](bench.take(a)),
  binary: (bench, [a, b, which]) => {
    const [x, y] = [bench.take(a), bench.take(b)];
    try {
      broadcastShapes('', x.shape, y.shape);
    } catch {
      return undefined;
    }
    return binary[which % binary.length](x, y);
  },
  bias: (bench, [a, axes]) => {
    const x = bench.take(a);
    const shape = x.shape.map((length, axis) => ((axes >> axis) & 1 ? 1 : length)).slice(axes % (x.shape.length + 1));
    return add(x, bench.leaf(shape));
  },
  channelBias: (bench, [a, activation]) => {
    const x = bench.take(a);
    return [relu, sigmoid, (t: Tensor) => t][activation % 3](add(x, bench.leaf(x.shape.slice(-1))));
  },
  broadcast: (bench, [a, times]) => {
    const x = bench.take(a);
    return x.shape.length < 4 ? broadcastTo(x, [1 + (times % 3), ...x.shape]) : undefined;
  },
  sum: (bench, [a, axes, keep]) => {
    const x = bench.take(a);
    const chosen = x.shape.map((_, axis) => axis).filter((axis) => (axes >> axis) & 1);
    return mul(sum(x, chosen, { keepDims: keep % 2 === 0 }), 0.25);
  },
  mean: (bench, [a, axes]) => {
    const x = bench.take(a);
    const chosen = x.shape.map((_, axis) => axis).filter((axis) => (axes >> axis) & 1);
    return mean(x, chosen);
  },
  max: (bench, [a, axis]) => {
    const x = bench.take(a);
    return x.shape.length > 0 ? max(x, axis % x.shape.length, { keepDims: axis % 2 === 0 }) : undefined;
  },
  reshape: (bench, [a, how]) => {
    const x = bench.take(a);
    const { shape } = x;
    const [first = 1, ...rest] = shape;
    const folded = shape.length < 4 ? [1, ...shape] : [shape[0] * shape[1], -1];
    return reshape(x, [[-1], folded, [sizeOf(rest), first], [...rest, first]][how % 4]);
  },
  transpose: (bench, [a, turn]) => {
    const x = bench.take(a);
    const axes = x.shape.map((_, axis) => axis);
    const by = turn % Math.max(1, axes.length);
    return transpose(x, turn % 2 === 0 ? [...axes.slice(by), ...axes.slice(0, by)] : axes.reverse());
  },
  slice: (bench, [a, from, step]) => {
    const x = bench.take(a);
    if (x.shape.length === 0) return undefined;
    const begin = x.shape.map((length) => from % length);
    return slice(
      x,
      begin,
      [],
      x.shape.map((_, axis) => 1 + ((step >> axis) & 1)),
    );
  },
  pad: (bench, [a, amounts]) => {
    const x = bench.take(a);
    return pad(
      x,
      x.shape.map((_, axis): [number, number] => [(amounts >> axis) & 1, (amounts >> (axis + 2)) & 1]),
    );
  },
  concatenate: (bench, [a, b, axis]) => {
    const [x, y] = [bench.take(a), bench.take(b)];
    if (x.shape.length === 0) return undefined;
    const at = axis % x.shape.length;
    const fits = y.shape.length === x.shape.length && y.shape.every((length, i) => i === at || length === x.shape[i]);
    return concatenate(fits ? [x, y, x] : [x, tanh(x)], at);
  },
  matmul: (bench, [a, units, transposed]) => {
    const x = bench.matrix(a);
    const [rows, width] = x.shape;
    const count = 1 + (units % 9);
    if (transposed % 3 === 1) return matmul(x, product(bench.leaf([count, width]), width), { transposeB: true });
    if (transposed % 3 === 2) return matmul(x, product(bench.leaf([rows, count]), rows), { transposeA: true });
    return matmul(x, product(bench.leaf([width, count]), width));
  },
  gram: (bench, [a]) => {
    const x = bench.matrix(a);
    return x.shape[0] > 40 ? undefined : matmul(tanh(x), x, { transposeB: true });
  },
  conv2d: (bench, [a, size, filters, option]) => {
    const x = bench.images(a);
    const [, height, width, channels] = x.shape;
    const length = [1, 2, 3, 3][size % 4];
    const padding = option % 3 === 0 && height >= 5 && width >= 5 ? 'valid' : 'same';
    const weight = bench.leaf([length, length, channels, [1, 2, 5, 8, 9][filters % 5]]);
    const strides = option % 5 === 1 ? 2 : 1;
    const dilation = option % 7 === 1 && strides === 1 ? 2 : 1;
    return conv2d(x, product(weight, length * channels), { padding, strides, dilation });
  },
  upsampleConv: (bench, [a, filters]) => {
    const x = bench.images(a);
    const weight = bench.leaf([3, 3, x.shape[3], [1, 2, 8][filters % 3]]);
    return conv2d(upsample2d(x, 2), product(weight, 3 * x.shape[3]), { padding: 'same' });
  },
  block: (bench, [a, filters]) => {
    const x = bench.images(a);
    const count = [1, 8, 8, 4][filters % 4];
    const weight = bench.leaf([3, 3, x.shape[3], count]);
    const pixels = conv2d(x, product(weight, 3 * x.shape[3]), { padding: 'same' });
    return maxPool2d(relu(add(pixels, bench.leaf([count]))), 2, { padding: 'same' });
  },
  maxPool: (bench, [a, size, option]) => {
    const x = bench.images(a);
    return maxPool2d(x, 1 + (size % 3), { padding: 'same', strides: 1 + (option % 2) });
  },
  averagePool: (bench, [a, size, option]) => {
    const x = bench.images(a);
    return avgPool2d(x, 1 + (size % 3), { padding: 'same', strides: 1 + (option % 2) });
  },
  upsample: (bench, [a, size]) => upsample2d(bench.images(a), [1 + (size % 3), 2]),
};

/** The tensors that a recipe stands for, with gradients of a loss in all leaves and in one intermediate value, or without. */
export function build({ shapes, steps, choice }: Recipe, gradients: boolean): DrawnProgram {
  const bench = new Bench();
  for (const shape of shapes) bench.tensors.push(bench.leaf(shape));
  for (const step of steps) {
    const made = kinds[step.kind](bench, step.numbers);
    if (!made || made.size > LARGEST) continue;
    bench.tensors.push(made);
  }
  const last = bench.tensors[bench.tensors.length - 1];
  const some = bench.tensors[choice[0] % bench.tensors.length];
  const extras: readonly (() => readonly Tensor[])[] = [
    () => [some, some],
    () => [bench.tensors[0], reshape(bench.tensors[0], [-1])],
    () => [reshape(some, [-1]), some],
    () => [full([2, 3], 0.25), full([], 1), broadcastTo(some, [2, ...some.shape])],
    () => [transpose(last), sum(last)],
  ];
  const outputs = [last, ...extras[choice[1] % extras.length]()];
  if (gradients) {
    const loss = add(sum(tanh(last)), mul(sum(square(tanh(some))), 0.5));
    const parameters = [...new Set([...bench.leaves, bench.tensors[choice[2] % bench.tensors.length]])];
    outputs.push(loss, ...grad(loss, parameters));
  }
  return { outputs, leaves: bench.leaves };
}

const numbersOfStep = fc.array(fc.nat(1000), { minLength: 4, maxLength: 4 });

/** Random programs over images, matrices and vectors, of all kinds of steps or of some. */
export function recipes(only: readonly string[] = Object.keys(kinds)): fc.Arbitrary<Recipe> {
  const length = fc.integer({ min: 1, max: 9 });
  const shape: fc.Arbitrary<Shape> = fc.oneof(
    fc.tuple(fc.integer({ min: 1, max: 2 }), length, length, fc.constantFrom(1, 2, 8)),
    fc.tuple(length, length),
    fc.tuple(length),
  );
  const step = fc.record({ kind: fc.constantFrom(...only), numbers: numbersOfStep });
  return fc.record({
    shapes: fc.array(shape, { minLength: 1, maxLength: 2 }),
    steps: fc.array(step, { minLength: 1, maxLength: 10 }),
    choice: numbersOfStep,
  });
}
