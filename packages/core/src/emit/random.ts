import { producers, rootOf } from '../fuse/space.js';
import { sizeOf } from '../tensor/shape.js';
import type { Operation, Program } from '../trace/program.js';
import type { Code, FunctionBuilder, Local } from './assembler.js';
import { binary, float, local, normalNumbers, shift, word } from './functions.js';
import { type Kernel, kernelParameters } from './kernel.js';
import { labelOf } from './labels.js';
import type { ModuleBuilder } from './module.js';
import { keep, keepAddress } from './pairs.js';
import { transposeBlock } from './transpose.js';

/** Philox 4x32's multipliers and key increments (Salmon et al. 2011, table 2). */
const MULTIPLIERS = [0xd2511f53, 0xcd9e8d57];
const INCREMENTS = [0x9e3779b9, 0xbb67ae85];
const ROUNDS = 10;

/** Numbers that eight counters give: two vectors of counters are one pair of each word. */
const CHUNK = 32;
/** Bytes in the workspace: a row's last chunk, and the words of a chunk. */
const CHUNK_BYTES = CHUNK * 4;

/**
 * Random numbers by Philox 4x32-10, eight counters at a time. A row's last chunk is computed whole in the workspace,
 * and the part of it that belongs to the row is copied.
 */
export function emitRandom(module: ModuleBuilder, body: Program, name: string): Kernel {
  const { attributes, inputs } = body.operations.find((operation) => operation.name === 'random') as Operation;
  const { distribution, shape, stream } = attributes as {
    distribution: 'uniform' | 'normal';
    shape: number[];
    stream: number;
  };
  const producer = producers(body);
  const [seedInput, keysInput] = inputs.map((value) => body.inputs.indexOf(rootOf(producer, value)));
  const length = sizeOf(shape.slice(1));
  const chunk = module.define(
    `${labelOf(name)}.chunk ${name}`,
    ['i32', 'i32', 'i32', 'i32', 'i32'],
    (f, seed, keys, block, words, to) => {
      for (const half of [0, 1]) writeWords(f, { seed, keys, block, words }, stream, half);
      writeNumbers(f, words, distribution);
      // Lane b of number j is element 4 b + j: the numbers of four counters are a transposition of four by four.
      for (const half of [0, 1]) {
        transposeBlock(f, keepAddress(f, words, 16 * half), 32, keepAddress(f, to, 64 * half), 16);
      }
    },
  );
  const callee = module.define(name, kernelParameters(body), (f, workspace, ...pointers) => {
    const [seed, keysPointer, out] = [pointers[seedInput], pointers[keysInput], pointers[2]];
    const keys = f.local('i32');
    const to = f.local('i32');
    const block = f.local('i32');
    const words = keepAddress(f, workspace, CHUNK_BYTES);
    f.set(keys, local(keysPointer));
    f.set(to, local(out));
    f.repeat(shape[0], () => {
      f.set(block, (g) => g.i32(0));
      f.repeat(Math.floor(length / CHUNK), () => {
        f.get(seed).get(keys).get(block).get(words).get(to).call(chunk);
        f.increase(block, CHUNK / 4);
        f.increase(to, CHUNK_BYTES);
      });
      const rest = length % CHUNK;
      if (rest > 0) {
        f.get(seed).get(keys).get(block).get(words).get(workspace).call(chunk);
        for (let at = 0; at < rest; at++)
          f.get(to)
            .get(workspace)
            .load('lane', at * 4)
            .store('lane', at * 4);
        f.increase(to, rest * 4);
      }
      f.increase(keys, 8);
    });
  });
  return { callee, workspace: 2 * CHUNK_BYTES };
}

/**
 * The four words of four counters, a vector of each. Philox multiplies 32 bits by 32 into 64, which takes shuffles: this
 * part is computed by vectors.
 */
function writeWords(
  f: FunctionBuilder,
  at: { seed: Local; keys: Local; block: Local; words: Local },
  stream: number,
  half: number,
): void {
  const splatOf = (code: Code) =>
    keep(f, (g) => {
      code(g);
      g.vector('i32x4.splat');
    });
  // Four counters in the lanes: block, block + 1, block + 2, block + 3.
  const lanes = keep(f, (g) => {
    g.i32x4(1).i32x4(0).shuffle([4, 0, 4, 0]);
    g.i32x4(2).i32x4(0).shuffle([4, 4, 0, 0]);
    g.vector('i32x4.add');
    if (half > 0) g.i32x4(4 * half).vector('i32x4.add');
  });
  let counter = [
    keep(f, binary('i32x4.add', local(splatOf((g) => g.get(at.block))), local(lanes))),
    splatOf((g) => g.get(at.keys).loadI32(0)),
    splatOf((g) => g.get(at.keys).loadI32(4)),
    keep(f, word(stream)),
  ];
  const key = [0, 1].map((part) => splatOf((g) => g.get(at.seed).loadI32(4 * part)));
  for (let round = 0; round < ROUNDS; round++) {
    const [low0, high0] = product(f, counter[0], MULTIPLIERS[0]);
    const [low1, high1] = product(f, counter[2], MULTIPLIERS[1]);
    const mix = (high: Local, other: Local, k: Local) =>
      keep(f, binary('v128.xor', binary('v128.xor', local(high), local(other)), local(k)));
    counter = [mix(high1, counter[1], key[0]), low1, mix(high0, counter[3], key[1]), low0];
    key.forEach((part, i) => {
      f.set(part, binary('i32x4.add', local(part), word(INCREMENTS[i])));
    });
  }
  counter.forEach((words, index) => {
    f.storeLocal(at.words, words, 'vector', 32 * index + 16 * half);
  });
}

/** Puts numbers of a distribution where words are. */
function writeNumbers(f: FunctionBuilder, words: Local, distribution: 'uniform' | 'normal'): void {
  const counter = [0, 1, 2, 3].map((index) => keep(f, (g) => g.get(words).load('pair', 32 * index), 'pair'));
  const numbers =
    distribution === 'normal'
      ? [0, 2].flatMap((first) => normalNumbers(f, counter[first], counter[first + 1]))
      : counter.map((bits) => keep(f, uniform(bits), 'pair'));
  numbers.forEach((number, index) => {
    f.storeLocal(words, number, 'pair', 32 * index);
  });
}

/** The upper 24 bits as a number in [0, 1). */
const uniform = (bits: Local): Code =>
  binary(
    'f32x4.mul',
    (f) => {
      shift('i32x4.shr_u', local(bits), 8)(f);
      f.vector('f32x4.convert_i32x4_s');
    },
    float(2 ** -24),
  );

/** Low and high words of a product with a constant. */
function product(f: FunctionBuilder, value: Local, factor: number): [Local, Local] {
  const wide = (part: 'low' | 'high') =>
    keep(f, (g) => g.get(value).i32x4(factor).vector(`i64x2.extmul_${part}_i32x4_u`));
  const [a, b] = [wide('low'), wide('high')];
  return [keep(f, (g) => g.get(a).get(b).shuffle([0, 2, 4, 6])), keep(f, (g) => g.get(a).get(b).shuffle([1, 3, 5, 7]))];
}
