import { assert, constantFrom, integer, property, tuple, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Picture } from './picture.js';
import { cutTiles, joinTiles, tileGrid } from './tiles.js';

const sizes = tuple(integer({ min: 1, max: 40 }), integer({ min: 1, max: 40 }), integer({ min: 1, max: 24 }));
const drawn = (length: number, seed: number) =>
  Array.from({ length }, (_, i) => (Math.imul(i + 1, 2654435761 + 2 * seed) >>> 8) & 0xffff);

describe('tiles', () => {
  it('give the picture back, byte for byte, for any size, tile and overlap', () => {
    const law = property(
      sizes,
      integer({ min: 0, max: 23 }),
      constantFrom(1 as const, 2 as const, 3 as const, 4 as const),
      constantFrom(8 as const, 16 as const),
      integer({ min: 0, max: 1000 }),
      ([width, height, size], overlapOf, channels, depth, seed) => {
        const overlap = overlapOf % size;
        const values = drawn(width * height * channels, seed);
        const data = depth === 8 ? Uint8Array.from(values) : Uint16Array.from(values);
        const tiles = cutTiles({ width, height, channels, depth, data }, size, overlap);
        expect(joinTiles(tiles.data, tiles.grid, channels)).toEqual(data);
        const scaled = Float32Array.from(tiles.data, (value) => value / 255);
        expect(joinTiles(scaled, tiles.grid, channels)).toEqual(Float32Array.from(data, (value) => value / 255));
      },
    );
    assert(law, { numRuns: 400 });
  });

  it('cover every pixel, have the overlap in common and lie within the picture', () => {
    const law = property(sizes, integer({ min: 0, max: 23 }), ([width, height, size], overlapOf) => {
      const overlap = overlapOf % size;
      const grid = tileGrid(width, height, size, overlap);
      for (const [begins, length] of [
        [grid.tops, height],
        [grid.lefts, width],
      ] as const) {
        expect(begins[0]).toBe(0);
        expect(Math.max(length, size)).toBe((begins.at(-1) as number) + size);
        for (let i = 1; i < begins.length; i++) {
          expect(begins[i]).toBeGreaterThan(begins[i - 1]);
          expect(begins[i - 1] + size - begins[i]).toBeGreaterThanOrEqual(overlap);
        }
      }
    });
    assert(law);
  });

  it('are filled up by reflection', () => {
    const picture: Picture = { width: 3, height: 1, channels: 1, depth: 8, data: Uint8Array.of(1, 2, 3) };
    expect([...cutTiles(picture, 7).data.subarray(0, 7)]).toEqual([1, 2, 3, 2, 1, 2, 3]);
  });

  it('go over into one another by a linear ramp', () => {
    const grid = tileGrid(12, 8, 8, 4);
    const tiles = new Float32Array(2 * 64).fill(1, 64);
    const row = [...joinTiles(tiles, grid, 1).subarray(0, 12)];
    const ramp = [1 / 5, 2 / 5, 3 / 5, 4 / 5].map(Math.fround);
    expect(row).toEqual([0, 0, 0, 0, ...ramp, 1, 1, 1, 1]);
  });

  it('refuse an overlap as large as a tile, and values of another grid', () => {
    expect(() => tileGrid(10, 10, 4, 4)).toThrow('the overlap is 4, expected a whole number from 0 to 3');
    expect(() => tileGrid(10, 10, 0)).toThrow(RangeError);
    const law = property(uint8Array({ maxLength: 8 }), (values) => {
      expect(() => joinTiles(values, tileGrid(4, 4, 3, 1), 1)).toThrow('expected tiles x size x size x channels');
    });
    assert(law);
  });
});
