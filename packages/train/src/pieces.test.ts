import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { laneCount, pieceSize, piecesOf, piecesOfLane } from './pieces.js';

const counts = fc.integer({ min: 1, max: 2000 });
const sizes = fc.integer({ min: 1, max: 300 });

describe('piecesOf', () => {
  it('covers every example exactly once, in order, by whole pieces but for the last', () => {
    fc.assert(
      fc.property(counts, sizes, (examples, size) => {
        const pieces = piecesOf(examples, size);
        const covered = pieces.flatMap(({ begin, count }) => Array.from({ length: count }, (_, i) => begin + i));
        expect(covered).toEqual(Array.from({ length: examples }, (_, i) => i));
        for (const { count } of pieces.slice(0, -1)) expect(count).toBe(size);
      }),
    );
  });

  it('makes no pieces of nothing', () => {
    expect(piecesOf(0, 8)).toEqual([]);
  });
});

describe('piecesOfLane', () => {
  it('gives each piece to one lane, in order, and no lane two pieces more than another', () => {
    fc.assert(
      fc.property(counts, sizes, fc.integer({ min: 1, max: 70 }), (examples, size, lanes) => {
        const pieces = piecesOf(examples, size);
        const shares = Array.from({ length: lanes }, (_, lane) => piecesOfLane(pieces, lane, lanes));
        expect(shares.flat()).toEqual(pieces);
        const lengths = shares.map((share) => share.length);
        expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('pieceSize', () => {
  const bytes = fc.oneof(fc.integer({ min: 0, max: 2 ** 31 }), fc.double({ min: 1, max: 1e12, noNaN: true }));

  it('is a whole number from 1, and no more than the batch', () => {
    fc.assert(
      fc.property(bytes, counts, (bytesOfOne, batchSize) => {
        const size = pieceSize(bytesOfOne, batchSize);
        expect(Number.isInteger(size) && size >= 1 && size <= batchSize).toBe(true);
      }),
    );
  });

  it('does not grow with what one example takes', () => {
    fc.assert(
      fc.property(bytes, bytes, counts, (a, b, batchSize) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        expect(pieceSize(more, batchSize)).toBeLessThanOrEqual(pieceSize(less, batchSize));
      }),
    );
  });

  it('takes two examples where one alone is more than fits, and leaves work for a dozen threads', () => {
    expect(pieceSize(2 ** 30, 256)).toBe(2);
    fc.assert(
      fc.property(fc.integer({ min: 64, max: 1024 }), (batchSize) => {
        expect(Math.ceil(batchSize / pieceSize(1, batchSize))).toBeGreaterThanOrEqual(12);
      }),
    );
  });
});

describe('laneCount', () => {
  it('is one a piece where they fit, and at least one however large the model is', () => {
    expect(laneCount(16, 300_000)).toBe(16);
    expect(laneCount(16, 2 ** 25)).toBe(2);
    expect(laneCount(16, 2 ** 32)).toBe(1);
  });
});
