import { scaleLinear, scaleLog } from 'd3-scale';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PLOT } from './axes.js';
import { plotScales } from './plot.js';

const number = fc.double({ min: 1e-6, max: 1e6, noNaN: true });

test.each([true, false])('places are those of d3-scale, to the bit; logarithmic: %s', (logarithmic) => {
  fc.assert(
    fc.property(number, number, number, (low, high, value) => {
      fc.pre(low < high);
      const axis = { title: '', domain: [low, high], ticks: [], logarithmic } as const;
      const { x, y } = plotScales({ area: PLOT, x: axis, y: axis });
      const scale = logarithmic ? scaleLog : scaleLinear;
      expect(x(value)).toBe(scale([low, high], [PLOT.left, PLOT.right])(value));
      expect(y(value)).toBe(scale([low, high], [PLOT.bottom, PLOT.top])(value));
    }),
  );
});
