import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exampleInputs } from '../../test/example-run.js';
import { PLOT } from './axes.js';
import { errorHistogram } from './error-histogram.js';

const { dataset } = exampleInputs();
const draw = (errors: ArrayLike<number>, as: 'counts' | 'density') =>
  errorHistogram({ name: 'figure-4', title: 'errors', dataset, errors, as });

interface Bar {
  x: number;
  width: number;
  height: number;
}

function bars(svg: string): Bar[] {
  const [, group] = /<g data-series="bars"[^>]*>(.*?)<\/g>/.exec(svg)!;
  return [...group.matchAll(/<rect x="(.*?)" y=".*?" width="(.*?)" height="(.*?)"\/>/g)].map(
    ([, x, width, height]) => ({
      x: Number(x),
      width: Number(width),
      height: Number(height),
    }),
  );
}

/** Pixels for one unit of an axis, from the places of its first and last tick. */
function pixelsPerUnit(svg: string, along: 'x' | 'y'): number {
  const anchor = along === 'x' ? 'middle' : 'end';
  const ticks = [...svg.matchAll(/<text x="([^"]*)" y="([^"]*)" text-anchor="(\w+)">(−?[\d.,]+)<\/text>/g)]
    .filter((match) => match[3] === anchor)
    .map(([, x, y, , text]) => [Number(along === 'x' ? x : y), Number(text.replace(',', ''))]);
  const [[from, low], [to, high]] = [ticks[0], ticks[ticks.length - 1]];
  return Math.abs((to - from) / (high - low));
}

const samples = fc.array(fc.double({ min: 0.0005, max: 0.02, noNaN: true }), { minLength: 2, maxLength: 300 });
// Each run draws a whole figure.
const few = { numRuns: 30 };
const spread = samples.filter((errors) => Math.max(...errors) - Math.min(...errors) > 1e-3);

describe('the figure of counts', () => {
  test('has 30 bars whose heights sum to the number of images', () => {
    fc.assert(
      fc.property(spread, (errors) => {
        const { svg } = draw(errors, 'counts');
        const total = bars(svg).reduce((sum, { height }) => sum + height, 0) / pixelsPerUnit(svg, 'y');
        expect(bars(svg)).toHaveLength(30);
        expect(total).toBeCloseTo(errors.length, 0);
      }),
      few,
    );
  });

  test('has bars that stand side by side within the plot', () => {
    fc.assert(
      fc.property(spread, (errors) => {
        const drawn = bars(draw(errors, 'counts').svg);
        for (const [index, { x, width }] of drawn.entries()) {
          if (index > 0) expect(Math.abs(x - drawn[index - 1].x - drawn[index - 1].width)).toBeLessThan(0.021);
          expect(x).toBeGreaterThanOrEqual(PLOT.left);
          expect(x + width).toBeLessThanOrEqual(PLOT.right + 0.01);
        }
      }),
      few,
    );
  });
});

describe('the figure of densities', () => {
  test('has bars of area 1 in the units of its axes', () => {
    fc.assert(
      fc.property(spread, (errors) => {
        const { svg } = draw(errors, 'density');
        const area = bars(svg).reduce((sum, { width, height }) => sum + width * height, 0);
        expect(area / pixelsPerUnit(svg, 'x') / pixelsPerUnit(svg, 'y')).toBeCloseTo(1, 1);
      }),
      few,
    );
  });

  test('has a kernel density of the same area: it does not lie flat on the axis', () => {
    const errors = Float64Array.from(
      { length: 500 },
      (_, index) => 0.02 + 0.004 * Math.sin(index) * Math.cos(index / 7),
    );
    const { svg } = draw(errors, 'density');
    const [, path] = /data-series="kernel-density" d="M(.*?)"/.exec(svg)!;
    const points = path.split('L').map((point) => point.split(',').map(Number));
    const area = points.slice(1).reduce((sum, [x, y], index) => {
      const [previousX, previousY] = points[index];
      return sum + (x - previousX) * (PLOT.bottom - (y + previousY) / 2);
    }, 0);
    const inked = bars(svg).reduce((sum, { width, height }) => sum + width * height, 0);
    expect(area / inked).toBeGreaterThan(0.9);
    expect(area / inked).toBeLessThan(1.02);
  });

  test('goes without a kernel density where all errors are equal, and says so', () => {
    const { svg, caption } = draw([0.25, 0.25, 0.25], 'density');
    expect(svg).not.toContain('>kernel density<');
    expect(caption).toContain('no kernel density estimate, as all errors are equal');
  });
});
