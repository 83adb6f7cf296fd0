import { describe, expect, it } from 'vitest';
import { autoencoderTraining } from '../../test/support/autoencoder.js';
import { add, mul, relu } from '../operations/elementwise.js';
import { matmul } from '../operations/matmul.js';
import { reshape } from '../operations/reshape.js';
import { lower } from '../run/compile.js';
import { tensor } from '../tensor/create.js';
import { trace } from '../trace/trace.js';
import { countProgram } from './counters.js';
import { fuse } from './fuse.js';

const matrix = (rows: number, columns: number) => tensor(new Float32Array(rows * columns), [rows, columns]);

describe('countProgram', () => {
  it('counts operations, bytes and products', () => {
    const [x, weight, bias] = [matrix(4, 3), matrix(3, 5), tensor(new Float32Array(5))];
    const { program } = trace([reshape(relu(add(matmul(x, weight), bias)), [-1])]);
    expect(countProgram(program)).toEqual({
      operations: { matmul: 1, broadcast: 1, add: 1, relu: 1 },
      bytesRead: 4 * (12 + 15 + 5 + 20 + 20 + 20),
      bytesWritten: 4 * (20 + 20 + 20 + 20),
      multiplyAccumulates: 4 * 3 * 5,
    });
    expect(countProgram(fuse(program))).toEqual({
      operations: { matmul: 1 },
      bytesRead: 4 * (12 + 15 + 5),
      bytesWritten: 4 * 20,
      multiplyAccumulates: 4 * 3 * 5,
    });
  });

  it('counts transposed products and stacks of them by their sizes, and an operand read twice once', () => {
    const [a, b] = [tensor(new Float32Array(24), [2, 3, 4]), tensor(new Float32Array(40), [2, 5, 4])];
    expect(countProgram(trace([matmul(a, b, { transposeB: true })]).program).multiplyAccumulates).toBe(2 * 3 * 4 * 5);
    const [c, d] = [matrix(6, 2), matrix(6, 7)];
    expect(countProgram(trace([matmul(c, d, { transposeA: true })]).program).multiplyAccumulates).toBe(2 * 6 * 7);
    expect(countProgram(trace([mul(c, c)]).program).bytesRead).toBe(4 * 12);
  });
});

describe('the training program of the autoencoder', () => {
  const lowered = lower(autoencoderTraining(256).program);
  const [plain, fused] = [countProgram(lowered), countProgram(fuse(lowered))];

  it('multiplies less than a fifth of what its convolutions are defined by', () => {
    // Forward; and twice that backward, but for the gradient in the images.
    const [first, second, third, fourth, last] = [
      28 * 28 * 9 * 32,
      14 * 14 * 9 * 32 * 64,
      7 * 7 * 9 * 64 * 64,
      14 * 14 * 9 * 64 * 32,
      28 * 28 * 9 * 32,
    ];
    const defined = 256 * (2 * first + 3 * (second + third + fourth + last));
    expect(fused.multiplyAccumulates).toBe(plain.multiplyAccumulates);
    expect(fused.multiplyAccumulates).toBeLessThanOrEqual(1_277_263_872);
    expect(fused.multiplyAccumulates).toBeLessThan(defined / 5);
  });

  it('has no more kernels of any kind than fusion leaves', () => {
    const most: Record<string, number> = {
      gatherTiles: 12,
      matmul: 14,
      maxPool2d: 1,
      scatterTiles: 11,
      transpose: 6,
      maxUnpool2d: 2,
      loop: 12,
    };
    for (const [kind, count] of Object.entries(fused.operations)) {
      expect(count, `kernels of kind ${kind}`).toBeLessThanOrEqual(most[kind] ?? 0);
    }
  });

  it('moves no more bytes than fusion leaves', () => {
    expect(fused.bytesRead).toBeLessThanOrEqual(391_000_000);
    expect(fused.bytesWritten).toBeLessThanOrEqual(286_000_000);
    expect(plain.bytesRead + plain.bytesWritten).toBeGreaterThan(980_000_000);
  });
});
