import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PLOT } from '../figures/axes.js';
import { type PlotAxis, type PlotFrame, plotScales } from '../figures/plot.js';
import { framed, isWhole, MOST_ENLARGED, moved, shareOf, showing, type View, WHOLE, zoomed } from './view.js';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const place = fc.record({ x: share, y: share });
const factor = fc.double({ min: 0.2, max: 5, noNaN: true });
const views = fc
  .array(fc.tuple(factor, place), { maxLength: 6 })
  .map((steps) => steps.reduce((view, [by, at]) => zoomed(view, by, at), WHOLE));

const linear: PlotAxis = { title: 'x', domain: [-3, 7], ticks: [-2, 0, 2, 4, 6], logarithmic: false };
const logarithmic: PlotAxis = { title: 'y', domain: [0.001, 0.5], ticks: [0.001, 0.01, 0.1, 0.5], logarithmic: true };
const frame: PlotFrame = { area: PLOT, height: 494, x: linear, y: logarithmic };

function expectWithin({ x, y }: View): void {
  for (const [from, to] of [x, y]) {
    expect(from).toBeGreaterThanOrEqual(0);
    expect(to).toBeLessThanOrEqual(1 + 1e-12);
    expect(to - from).toBeGreaterThan((1 - 1e-9) / MOST_ENLARGED);
  }
}

test('no zoom and no drag leaves the plot or enlarges it more than forty times', () => {
  fc.assert(
    fc.property(views, factor, place, fc.record({ x: fc.double({ noNaN: true }), y: share }), (view, by, at, drag) => {
      expectWithin(zoomed(view, by, at));
      expectWithin(moved(view, drag));
    }),
  );
});

test('the place that is zoomed at stays where it is while the plot grows', () => {
  fc.assert(
    fc.property(views, fc.double({ min: 1, max: 3, noNaN: true }), place, (view, by, at) => {
      const after = zoomed(view, by, at);
      for (const axis of ['x', 'y'] as const) {
        const fixed = ([from, to]: readonly [number, number]) => from + at[axis] * (to - from);
        expect(fixed(after[axis])).toBeCloseTo(fixed(view[axis]), 9);
      }
    }),
  );
});

test('zooming out far enough shows the plot as it was drawn', () => {
  fc.assert(
    fc.property(views, place, (view, at) => {
      const after = zoomed(view, 1 / MOST_ENLARGED, at);
      expect(isWhole(after)).toBe(true);
      expect(framed(frame, after)).toBe(frame);
    }),
  );
});

test('a place that is shown moves nothing, and one that is not comes into sight', () => {
  fc.assert(
    fc.property(views, place, (view, at) => {
      const after = showing(view, at);
      expectWithin(after);
      for (const axis of ['x', 'y'] as const) {
        expect(at[axis]).toBeGreaterThanOrEqual(after[axis][0] - 1e-9);
        expect(at[axis]).toBeLessThanOrEqual(after[axis][1] + 1e-9);
        if (at[axis] >= view[axis][0] && at[axis] <= view[axis][1]) expect(after[axis]).toEqual(view[axis]);
      }
    }),
  );
});

test('the axes of a view begin and end where it does, with ticks between', () => {
  fc.assert(
    fc.property(views, (view) => {
      const shown = framed(frame, view);
      for (const [axis, stretch] of [
        ['x', view.x],
        ['y', view.y],
      ] as const) {
        const { domain, ticks } = shown[axis];
        domain.forEach((value, end) => {
          expect(shareOf(frame[axis], value)).toBeCloseTo(stretch[end], 9);
        });
        expect(ticks.length).toBeGreaterThan(1);
        for (const tick of ticks) expect(tick >= domain[0] && tick <= domain[1]).toBe(true);
      }
    }),
  );
});

test('what lies in the middle of a view is drawn in the middle of the plot', () => {
  fc.assert(
    fc.property(views, (view) => {
      const shown = framed(frame, view);
      const { x, y } = plotScales(shown);
      const middle = ([low, high]: readonly [number, number]) => (low + high) / 2;
      expect(x(middle(shown.x.domain))).toBeCloseTo((PLOT.left + PLOT.right) / 2, 6);
      expect(y(Math.sqrt(shown.y.domain[0] * shown.y.domain[1]))).toBeCloseTo((PLOT.top + PLOT.bottom) / 2, 6);
    }),
  );
});

test('an axis of whole numbers has no ticks between them, however much it is enlarged', () => {
  const epochs: PlotAxis = { title: 'Epoch', domain: [0.9, 12.1], ticks: [1, 2], logarithmic: false, whole: true };
  const { x } = framed({ ...frame, x: epochs }, zoomed(WHOLE, 10, { x: 0.5, y: 0.5 }));
  expect(x.ticks).toEqual([6, 7].filter((tick) => tick >= x.domain[0] && tick <= x.domain[1]));
});
