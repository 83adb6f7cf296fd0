import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Canvas, mirror, type Outline, SIDE } from './rasteriser.js';

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

/** The area of a polygon by the shoelace formula. */
function polygonArea(outline: Outline): number {
  let doubled = 0;
  outline.forEach(([x, y], i) => {
    const [nextX, nextY] = outline[(i + 1) % outline.length]!;
    doubled += x! * nextY! - nextX! * y!;
  });
  return Math.abs(doubled) / 2;
}

const inside = fc.double({ min: 1, max: 26, noNaN: true });
/** Triangles well within the picture, in the canvas's coordinates. */
const triangles = fc.tuple(inside, inside, inside, inside, inside, inside).map(
  ([a, b, c, d, e, f]): Outline => [
    [a - 14, b],
    [c - 14, d],
    [e - 14, f],
  ],
);

function painted(draw: (canvas: Canvas) => void): Float64Array {
  const canvas = new Canvas();
  canvas.place(1, 1, 0, 0, 0);
  draw(canvas);
  canvas.fill(1, true);
  return canvas.pixels;
}

describe('Canvas', () => {
  it('paints as much brightness as the shape has area, wherever its corners lie', () => {
    fc.assert(
      fc.property(triangles, (triangle) => {
        expect(sum(painted((canvas) => canvas.outline(triangle)))).toBeCloseTo(polygonArea(triangle), 9);
      }),
    );
  });

  it('agrees with counting the points of a fine grid, pixel by pixel', () => {
    const [a, b, c] = [
      [-9.3, 3.1],
      [10.2, 8.7],
      [-2.4, 25.6],
    ] as const;
    const side = (p: readonly [number, number], q: readonly [number, number], x: number, y: number) =>
      (q[0] - p[0]) * (y - p[1]) - (q[1] - p[1]) * (x - p[0]) > 0;
    const pixels = painted((canvas) => canvas.outline([a, b, c]));
    const steps = 32;
    for (let pixel = 0; pixel < pixels.length; pixel++) {
      let hits = 0;
      for (let k = 0; k < steps * steps; k++) {
        const x = (pixel % SIDE) - SIDE / 2 + ((k % steps) + 0.5) / steps;
        const y = Math.floor(pixel / SIDE) + (Math.floor(k / steps) + 0.5) / steps;
        if (side(a, b, x, y) && side(b, c, x, y) && side(c, a, x, y)) hits++;
      }
      expect(Math.abs(pixels[pixel]! - hits / steps ** 2)).toBeLessThan(0.02);
    }
  });

  it('turns and moves without changing the area, and stretches it by both factors', () => {
    const turns = fc.double({ min: -1, max: 1, noNaN: true });
    const shifts = fc.double({ min: -1, max: 1, noNaN: true });
    const square: Outline = [
      [-5, 9],
      [5, 9],
      [5, 19],
      [-5, 19],
    ];
    fc.assert(
      fc.property(turns, shifts, shifts, (halfTurn, moveX, moveY) => {
        const canvas = new Canvas();
        canvas.place(1.2, 0.8, halfTurn, moveX, moveY);
        canvas.outline(square);
        canvas.fill(1, true);
        expect(sum(canvas.pixels)).toBeCloseTo(100 * 1.2 * 0.8, 9);
      }),
    );
  });

  it('draws discs of the right area and place', () => {
    const pixels = painted((canvas) => canvas.disc(1.5, 12, 7, 5));
    expect(sum(pixels) / (Math.PI * 7 * 5)).toBeCloseTo(1, 1);
    const mean = (of: (pixel: number) => number) =>
      pixels.reduce((total, value, pixel) => total + value * of(pixel), 0) / sum(pixels);
    expect(mean((pixel) => (pixel % SIDE) + 0.5)).toBeCloseTo(15.5, 6);
    expect(mean((pixel) => Math.floor(pixel / SIDE) + 0.5)).toBeCloseTo(12, 6);
  });

  it('covers no pixel more than once, however the pieces of a line overlap', () => {
    const zigzag: Outline = [
      [-8, 20],
      [-7, 10, 0, 12],
      [0, 20],
      [0.5, 12],
      [8, 4, 9, 20],
    ];
    const pixels = painted((canvas) => canvas.line(zigzag, 3));
    expect(Math.max(...pixels)).toBeLessThanOrEqual(1);
    expect(Math.min(...pixels)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...pixels)).toBeGreaterThan(0.99);
  });

  it('cuts off what lies outside and paints all of a shape that is larger than the picture', () => {
    const large: Outline = [
      [-40, -30],
      [50, -30],
      [50, 60],
      [-40, 60],
    ];
    expect(sum(painted((canvas) => canvas.outline(large)))).toBeCloseTo(SIDE * SIDE, 9);
    for (const [x, y] of [
      [-30, 14],
      [30, 14],
      [0, -20],
      [0, 50],
    ] as const) {
      expect(sum(painted((canvas) => canvas.disc(x, y, 6)))).toBeCloseTo(0, 9);
    }
  });

  it('paints symmetric shapes and pairs as their own mirror images', () => {
    const half: Outline = [
      [0, 4],
      [3, 3.2],
      [6, 9, 5, 15],
      [7.7, 24],
      [0, 25.5],
    ];
    const sleeve: Outline = [
      [5.5, 5],
      [12, 7, 11.3, 20],
      [9, 21],
    ];
    for (const draw of [
      (canvas: Canvas) => canvas.symmetric(half),
      (canvas: Canvas) => canvas.both(sleeve),
      (canvas: Canvas) => canvas.bothLines(sleeve, 1.3),
    ]) {
      const pixels = painted(draw);
      expect(sum(pixels)).toBeGreaterThan(10);
      for (let y = 0; y < SIDE; y++) {
        for (let x = 0; x < SIDE; x++) {
          expect(pixels[y * SIDE + x]).toBeCloseTo(pixels[y * SIDE + SIDE - 1 - x]!, 9);
        }
      }
    }
    expect(mirror(mirror(sleeve))).toEqual(sleeve);
  });

  it('adds up overlapping mirror images instead of cutting a hole', () => {
    const acrossTheMiddle: Outline = [
      [-3, 10],
      [6, 10],
      [6, 14],
      [-3, 14],
    ];
    const pixels = painted((canvas) => canvas.both(acrossTheMiddle));
    expect(sum(pixels)).toBeCloseTo(12 * 4, 9);
  });

  it('multiplies the shade by the cloth and forgets the shape after painting it', () => {
    const canvas = new Canvas();
    canvas.place(1, 1, 0, 0, 0);
    canvas.cloth.fill(0.5);
    canvas.outline([
      [-14, 0],
      [0, 0],
      [0, 28],
      [-14, 28],
    ]);
    canvas.fill(0.8);
    canvas.fill(1);
    const bytes = new Uint8Array(SIDE * SIDE + 2).fill(7);
    canvas.writeTo(bytes, 1);
    expect([bytes[0], bytes[1], bytes[14], bytes[15], bytes[SIDE * SIDE + 1]]).toEqual([7, 102, 102, 0, 7]);
  });
});
