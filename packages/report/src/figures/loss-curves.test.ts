import { describe, expect, test } from 'vitest';
import { exampleInputs } from '../../test/example-run.js';
import { expectLaws, textsOf } from '../../test/figure-laws.js';
import { type LossRun, lossCurves, lossCurvesFigure } from './loss-curves.js';

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

describe('losses of several runs', () => {
  const falling = (epochs: number, from: number) => Array.from({ length: epochs }, (_, epoch) => from / (epoch + 1));
  const run = (name: string, epochs: number, ...scales: number[]) => ({
    name,
    histories: scales.map((scale) => ({ loss: falling(epochs, scale), valLoss: falling(epochs, scale * 1.1) })),
  });
  const several = (runs: LossRun[]) => lossCurvesFigure({ name: 'losses', title: 'Losses', dataset, runs });

  test.each([
    ['one run', [run('CAE', 20, 1)]],
    ['one run of five seeds', [run('CAE', 20, 1, 1.2, 0.9, 1.1, 1)]],
    ['two runs of two seeds', [run('CAE', 1, 1, 2), run('CDAE', 20, 3, 4)]],
    [
      'ten long names',
      Array.from({ length: 10 }, (_, index) => run(`a bottleneck of ${2 ** index} numbers in all`, 60, index + 1)),
    ],
    ['nothing finite', [{ name: 'a', histories: [{ loss: [Number.NaN, Number.POSITIVE_INFINITY], valLoss: [] }] }]],
  ])('obey the laws of figures: %s', async (_, runs) => {
    await expectLaws(() => several(runs));
  });

  test('are the validation losses, or the training losses where nothing was held out, and say which', () => {
    const without = { name: 'all data', histories: [{ loss: [3, 2], valLoss: [] }] };
    expect(several([run('CAE', 2, 1), run('VAE', 2, 2)]).caption).toMatch(/^Validation loss over 2 epochs/);
    expect(several([without, { ...without, name: 'again' }]).caption).toMatch(/^Training loss/);
    expect(several([run('CAE', 2, 1), without]).caption).toContain(
      'CAE (validation) 0.550 (epoch 2), all data (training) 2.00',
    );
  });

  test('of repeated seeds are the medians, with a band from the lowest to the highest', () => {
    const { svg } = several([run('CAE', 3, 1, 2, 6), run('VAE', 3, 3)]);
    const [alone] = heights(several([run('a', 3, 2), run('b', 3, 3), run('c', 3, 1), run('d', 3, 6)]).svg, 'a');
    expect(heights(svg, 'CAE')[0]).toBeCloseTo(alone, 5);
    const [, band] = /data-band="CAE" d="([^"]*)"/.exec(svg)!;
    const ys = [...band.matchAll(/[ML][\d.]+,([\d.]+)/g)].map(([, y]) => Number(y));
    expect(ys).toHaveLength(6);
    for (const y of heights(svg, 'CAE')) expect(y).toBeGreaterThan(Math.min(...ys));
    expect(svg).not.toContain('data-band="VAE"');
  });

  test('of different lengths end where they end', () => {
    const { svg } = several([run('short', 3, 1), run('long', 9, 1)]);
    expect(heights(svg, 'short')).toHaveLength(3);
    expect(heights(svg, 'long')).toHaveLength(9);
  });

  test('have those that stand out in colours above the others, which are grey and have no names', async () => {
    const runs = Array.from({ length: 30 }, (_, index) => run(`r${index}`, index === 4 ? 1 : 3, index + 1));
    const draw = () => lossCurvesFigure({ name: 'losses', title: 'Losses', dataset, runs, highlighted: ['r7', 'r3'] });
    await expectLaws(draw);
    const { svg, data } = draw();
    const drawn = [...svg.matchAll(/<g data-series="(r\d+)" fill="([^"]+)"/g)].map(([, name, colour]) => ({
      name,
      colour,
    }));
    expect(drawn.slice(-2).map(({ name }) => name)).toEqual(['r7', 'r3']);
    expect(new Set(drawn.slice(0, 28).map(({ colour }) => colour)).size).toBe(1);
    expect(new Set(drawn.slice(-3).map(({ colour }) => colour)).size).toBe(3);
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['r7', 'r3', '28 others']));
    expect(textsOf(svg)).not.toContain('r5');
    // A single epoch is no line: it has a mark.
    expect(/<g data-series="r4".*?<\/g>/s.exec(svg)![0]).toContain('<circle');
    // So many values fit beside no pointer.
    expect(data).toBeUndefined();
    expect(() => lossCurvesFigure({ name: 'losses', title: 'Losses', dataset, runs, highlighted: ['r99'] })).toThrow(
      'highlighted names r99, expected names of runs.',
    );
  });

  test('that do not fit are refused', () => {
    const uneven = { name: 'a', histories: [{ loss: [1, 2], valLoss: [1] }] };
    expect(() => several([uneven])).toThrow('valLoss of a holds 1 values, expected 2');
    expect(() => several([])).toThrow('runs is empty');
    expect(() => several([{ name: 'a', histories: [] }])).toThrow('histories of a is empty');
  });
});
