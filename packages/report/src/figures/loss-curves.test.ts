import { describe, expect, test } from 'vitest';
import { exampleInputs } from '../../test/example-run.js';
import { lossCurves } from './loss-curves.js';

const { dataset } = exampleInputs();
const draw = (loss: number[], valLoss: number[] = []) => lossCurves('figure-2', 'CAE', dataset, { loss, valLoss });

/** Heights of a series' corners from its path, in pixels from the top. */
function heights(svg: string, series: string): number[] {
  const [, path] = new RegExp(`data-series="${series}"[^>]*><path d="([^"]*)"`).exec(svg)!;
  return [...path.matchAll(/[ML][\d.]+,([\d.]+)/g)].map(([, y]) => Number(y));
}

const marks = (svg: string, series: string) =>
  new RegExp(`<g data-series="${series}"[^>]*>(.*?)</g>`).exec(svg)![1].match(/<(?:circle|rect)/g)?.length ?? 0;

const ticks = (svg: string) => [...svg.matchAll(/text-anchor="middle">(\d+)<\/text>/g)].map(([, text]) => Number(text));

describe('the curves', () => {
  test('run as the losses do: what is lower is drawn lower', () => {
    const loss = [0.02, 0.01, 0.012, 0.008];
    const drawn = heights(draw(loss).svg, 'training');
    for (let epoch = 1; epoch < loss.length; epoch++) {
      expect(Math.sign(drawn[epoch] - drawn[epoch - 1])).toBe(-Math.sign(loss[epoch] - loss[epoch - 1]));
    }
  });

  test('use a log axis only where the losses span much, and say so', () => {
    expect(draw([0.02, 0.01]).svg).not.toContain('log scale');
    const { svg } = draw([1, 0.1, 0.01]);
    expect(svg).toContain('log scale');
    const [first, second, third] = heights(svg, 'training');
    expect(second - first).toBeCloseTo(third - second, 3);
  });

  test('bear a mark an epoch while there are few, and none when there are many', () => {
    expect(marks(draw([0.3, 0.2], [0.4, 0.3]).svg, 'validation')).toBe(2);
    expect(marks(draw(Array.from({ length: 50 }, (_, i) => 1 / (i + 1))).svg, 'training')).toBe(0);
  });

  test('show one epoch as a mark', () => {
    expect(marks(draw([0.3], [0.4]).svg, 'training')).toBe(1);
  });

  test('hold a gap where a loss is not finite', () => {
    const { svg } = draw([0.3, Number.NaN, 0.2, 0.1]);
    expect(heights(svg, 'training')).toHaveLength(3);
    expect(/data-series="training"[^>]*><path d="([^"]*)"/.exec(svg)![1].match(/M/g)).toHaveLength(2);
  });
});

test('epoch ticks are whole epochs and hold the first', () => {
  for (const epochs of [1, 2, 5, 20, 21, 50, 1000]) {
    const drawn = ticks(draw(Array(epochs).fill(0.5)).svg);
    expect(drawn[0]).toBe(1);
    expect(drawn.length).toBeLessThanOrEqual(22);
    expect(drawn.every((tick) => tick <= epochs)).toBe(true);
  }
});

test('the ring marks the lowest validation loss, or training loss if nothing was held out', () => {
  expect(draw([3, 2, 1], [3, 1, 2]).caption).toContain('lowest validation loss 1.00 (epoch 2)');
  expect(draw([3, 2, 1]).caption).toContain('lowest training loss 1.00 (epoch 3)');
  expect(draw([Number.NaN, 2, 3]).caption).toContain('(epoch 2)');
});

test('a level history looks level', () => {
  const drawn = heights(draw([0.5, 0.5001, 0.4999]).svg, 'training');
  expect(Math.max(...drawn) - Math.min(...drawn)).toBeLessThan(5);
});
