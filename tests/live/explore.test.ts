import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { latentAt } from '../../docs/site/live/explore/latent.js';
import { ordered, outlierFence } from '../../docs/site/live/explore/order.js';
import { drawPoints } from '../../docs/site/live/explore/raster.js';
import { searched } from '../../docs/site/live/explore/search.js';
import { panned, toPlane, toScreen, viewOfAll, zoomed } from '../../docs/site/live/explore/view.js';

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const place = fc.record({ x: real(-100, 100), y: real(-100, 100) });
const size = fc.record({ width: fc.integer({ min: 10, max: 2000 }), height: fc.integer({ min: 10, max: 2000 }) });
const view = fc.record({ x: real(-50, 50), y: real(-50, 50), scale: real(0.1, 1000) });
const at = fc.record({ x: real(0, 1000), y: real(0, 1000) });
const near = (a: { x: number; y: number }, b: { x: number; y: number }, tolerance: number) => {
  expect(Math.abs(a.x - b.x)).toBeLessThan(tolerance);
  expect(Math.abs(a.y - b.y)).toBeLessThan(tolerance);
};

describe('a view of the plane', () => {
  test('shows a place where pointing finds it', () => {
    fc.assert(
      fc.property(view, size, place, (seen, box, where) => {
        near(toPlane(seen, box, toScreen(seen, box, where)), where, 1e-6);
      }),
    );
  });

  test('keeps what is under the pointer there while one zooms, within the bounds of the scale', () => {
    fc.assert(
      fc.property(view, size, at, real(0.01, 100), (seen, box, pointer, factor) => {
        const whole = { x: 0, y: 0, scale: 1 };
        const closer = zoomed(seen, box, factor, pointer, whole);
        near(toScreen(closer, box, toPlane(seen, box, pointer)), pointer, 1e-3);
        expect(closer.scale).toBeGreaterThanOrEqual(0.5);
        expect(closer.scale).toBeLessThanOrEqual(400);
      }),
    );
  });

  test('moves with the pointer that drags it', () => {
    fc.assert(
      fc.property(view, size, place, at, (seen, box, where, { x, y }) => {
        const before = toScreen(seen, box, where);
        near(toScreen(panned(seen, x, y), box, where), { x: before.x + x, y: before.y + y }, 1e-3);
      }),
    );
  });

  test('of all has all of them in it, whatever their shape', () => {
    const points = fc.array(place, { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(points, size, (list, box) => {
        const all = viewOfAll(
          list.map(({ x }) => x),
          list.map(({ y }) => y),
          box,
        );
        for (const each of list) {
          const { x, y } = toScreen(all, box, each);
          expect(x > -1e-6 && x < box.width + 1e-6 && y > -1e-6 && y < box.height + 1e-6).toBe(true);
        }
      }),
    );
  });
});

describe('points drawn as pixels', () => {
  const style = {
    palette: [
      [200, 0, 0],
      [0, 200, 0],
    ] as const,
    background: [9, 8, 7] as const,
    radius: 1.5,
  };
  const drawn = (xs: number[], ys: number[], isShown = xs.map(() => 1), colours = xs.map(() => 0)) => {
    const pixels = new Uint8ClampedArray(4 * 20 * 10);
    const points = {
      xs: Float32Array.from(xs),
      ys: Float32Array.from(ys),
      colours: Uint8Array.from(colours),
      isShown: Uint8Array.from(isShown),
    };
    drawPoints(pixels, { width: 20, height: 10 }, { x: 0, y: 0, scale: 1 }, points, style);
    return (x: number, y: number) => [...pixels.subarray(4 * (y * 20 + x), 4 * (y * 20 + x) + 4)];
  };

  test('lie where the view has them, upwards being up, over the background', () => {
    const pixel = drawn([3], [2]);
    expect(pixel(13, 3)).toEqual([200, 0, 0, 255]);
    expect(pixel(12, 3)).toEqual([200, 0, 0, 255]);
    expect(pixel(11, 3)).toEqual([9, 8, 7, 255]);
    expect(pixel(0, 0)).toEqual([9, 8, 7, 255]);
  });

  test('have their colour, the later above the earlier, and those that are not shown are not there', () => {
    expect(drawn([0, 0], [0, 0], [1, 1], [0, 1])(10, 5)).toEqual([0, 200, 0, 255]);
    expect(drawn([0, 0], [0, 0], [1, 0], [0, 1])(10, 5)).toEqual([200, 0, 0, 255]);
  });

  test('touch no other pixels beyond an edge', () => {
    const pixel = drawn([-10, 0, 0, 1e9], [0, 5, -5, 1e9]);
    // What leaves on the left must not come back on the right, a row above.
    for (const row of [3, 4, 5, 6]) expect(pixel(19, row)).toEqual([9, 8, 7, 255]);
    expect(pixel(0, 5)).toEqual([200, 0, 0, 255]);
    expect(pixel(10, 0)).toEqual([200, 0, 0, 255]);
  });
});

describe('a search', () => {
  const names = ['Ankle boot', 'Bag', 'T-shirt/top'];
  const images = Array.from({ length: 30 }, (_, index) => ({ index, className: names[index % 3], error: index / 100 }));
  const found = (text: string) => images.filter(searched(text, names)).map(({ index }) => index);

  test.each<[string, number[]]>([
    ['', images.map(({ index }) => index)],
    ['7', [7]],
    ['#12', [12]],
    ['bag error<0.05', [1, 4]],
    ['BOOT error >= 0.24', [24, 27]],
    ['"ankle boot" 0.03..0.06', [3, 6]],
    ['error:0.03..0.04', [3, 4]],
    ['t-shirt error <= 2e-2', [2]],
    ['error>.28', [29]],
    ['3 bag', []],
  ])('for "%s"', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  test('says what it does not know', () => {
    expect(() => found('sandal')).toThrow(
      '“sandal” is no index such as 417, no error such as error>0.02 or 0.01..0.02, a class such as Ankle boot.',
    );
    expect(() => searched('bag', [])).toThrow(
      '“bag” is no index such as 417, no error such as error>0.02 or 0.01..0.02.',
    );
  });
});

describe('the list', () => {
  const errors = Float32Array.of(0.3, 0.1, 0.3, 0.9, 0.2);

  test('has the images that are shown in the order that is asked for', () => {
    const isShown = Uint8Array.of(1, 1, 1, 0, 1);
    expect([...ordered(errors, isShown, 'largest')]).toEqual([0, 2, 4, 1]);
    expect([...ordered(errors, isShown, 'smallest')]).toEqual([1, 4, 0, 2]);
    expect([...ordered(errors, isShown, 'index')]).toEqual([0, 1, 2, 4]);
  });

  test('calls an outlier what lies beyond the fence of Tukey', () => {
    // Quartiles of 0 to 8 are 2 and 6.
    expect(outlierFence(Float32Array.from({ length: 9 }, (_, index) => 8 - index))).toBe(12);
    expect(outlierFence(Float32Array.of(5, 5))).toBe(5);
  });
});

test('a latent in the plane is the mean and so much of the first two components', () => {
  const components = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  expect([...latentAt({ mean: Float32Array.of(10, 20, 30), components }, 2, -3)]).toEqual([12, 17, 30]);
  expect([...latentAt({ mean: Float32Array.of(10), components: Float32Array.of(1) }, 2, -3)]).toEqual([12]);
});
