import { describe, expect, test } from 'vitest';
import { PLOT } from '../figures/axes.js';
import type { BarsPlot } from '../figures/bars-plot.js';
import { latentScatterFigure } from '../figures/latent-scatter.js';
import { lossCurvesFigure } from '../figures/loss-curves.js';
import { plotScales } from '../figures/plot.js';
import { barsChart } from './bars-chart.js';
import type { Chart, Direction, Shown } from './chart.js';
import { linesChart } from './lines-chart.js';
import { pointsChart } from './points-chart.js';
import { framed, WHOLE, zoomed } from './view.js';

const dataset = { name: 'own', synthetic: false, classNames: ['A', 'B', 'C'], height: 1, width: 1, channels: 1 };

function walk(chart: Chart, shown: Shown, directions: readonly Direction[], from?: number): number[] {
  let stop = from;
  return directions.map((direction) => {
    stop = chart.step(stop, direction, shown);
    return stop!;
  });
}

describe('loss curves', () => {
  const runs = [{ name: 'CAE', histories: [{ loss: [0.5, 0.2, Number.NaN], valLoss: [0.6, 0.3, 0.4] }] }];
  const { data } = lossCurvesFigure({ name: 'loss', title: 'Losses', runs });
  if (data?.kind !== 'lines') throw new Error('no lines');
  const chart = linesChart(data);
  const shown = { frame: data, hidden: new Set<number>() };
  const { x, y } = plotScales(data);

  test('tell all losses of the epoch that is nearest, and which one is the lowest', () => {
    const at = (epoch: number) => chart.nearest({ x: x(epoch) + 3, y: 0 }, shown)!;
    expect(chart.readout(at(1))).toEqual(['Epoch 1', 'training: 0.5000', 'validation: 0.6000']);
    expect(chart.readout(at(2))).toEqual(['Epoch 2', 'training: 0.2000', 'validation: 0.3000', 'lowest (epoch 2)']);
    expect(chart.readout(at(3))).toEqual(['Epoch 3', 'validation: 0.4000']);
  });

  test('are walked through epoch by epoch, and no further', () => {
    expect(walk(chart, shown, ['right', 'right', 'right', 'right', 'left'])).toEqual([0, 1, 2, 2, 1]);
    expect(walk(chart, shown, ['left'])).toEqual([2]);
  });

  test('are marked where they are, and not where they are out of sight', () => {
    const markup = (shown: Shown) =>
      chart
        .highlight(1, shown)
        .map((each) => each.markup)
        .join('');
    const centres = [...markup(shown).matchAll(/cx="([^"]*)" cy="([^"]*)"/g)].map(([, cx, cy]) => [+cx, +cy]);
    expect(centres).toEqual([0.2, 0.3].map((loss) => [x(2), y(loss)].map((at) => Math.round(at * 100) / 100)));
    const view = zoomed(WHOLE, 8, { x: 0, y: 1 });
    expect(markup({ ...shown, frame: framed(data, view) })).toBe('');
  });

  test('are a table of all epochs', () => {
    expect(chart.table()).toMatchObject({
      head: ['Epoch', 'training', 'validation'],
      rows: [
        ['1', '0.5000', '0.6000'],
        ['2', '0.2000', '0.3000'],
        ['3', 'not a number', '0.4000'],
      ],
    });
  });
});

test('curves without values in common are walked along, and from one to the next', () => {
  const series = (text: string, y: number) => {
    const points = [0, 0, 0.5, 1].map((x, index) => ({ x, y: y + index / 10 }));
    return { text, colour: '#000000', mark: 'disc' as const, points };
  };
  const axis = { title: 'Share', domain: [0, 1], ticks: [0, 1], logarithmic: false } as const;
  const plot = { kind: 'lines', area: PLOT, height: 494, x: axis, y: axis, series: [series('a', 0), series('b', 0.5)] };
  const chart = linesChart(plot as Parameters<typeof linesChart>[0]);
  const shown = { frame: plot as Shown['frame'], hidden: new Set<number>() };
  const stops = walk(chart, shown, ['right', 'right', 'right', 'down', 'up', 'up']);
  expect(stops.map((stop) => chart.readout(stop).join(', '))).toEqual([
    'Share 0, a: 0',
    'Share 0, a: 0.1000',
    'Share 0.5000, a: 0.2000',
    'Share 0.5000, b: 0.7000',
    'Share 0.5000, a: 0.2000',
    'Share 0.5000, a: 0.2000',
  ]);
  const { x, y } = plotScales(shown.frame);
  expect(chart.nearest({ x: x(1) - 5, y: y(0.8) + 5 }, shown)).toBe(7);
  expect(chart.nearest({ x: x(0.25), y: y(0.95) }, shown)).toBeUndefined();
});

describe('a histogram', () => {
  const axis = (high: number) => ({ title: 'Error (unit)', domain: [0, high], ticks: [], logarithmic: false }) as const;
  const plot: BarsPlot = {
    kind: 'bars',
    area: PLOT,
    height: 494,
    x: axis(5),
    y: axis(10),
    edges: [1, 2, 3, 4],
    counts: [4, 0, 1],
    heights: [0.8, 0, 0.2],
    curve: { text: 'kernel density', x: [0, 5], y: [0, 1] },
  };
  const chart = barsChart(plot);
  const shown = { frame: plot, hidden: new Set<number>() };
  const { x } = plotScales(plot);

  test('tells what is in the bin below a place, and nothing beside the bins', () => {
    expect(chart.nearest({ x: x(0.5), y: 0 }, shown)).toBeUndefined();
    expect(chart.nearest({ x: x(4.5), y: 0 }, shown)).toBeUndefined();
    expect([1.01, 1.99, 2.5, 3.5].map((at) => chart.nearest({ x: x(at), y: 0 }, shown))).toEqual([0, 0, 1, 2]);
    expect(chart.readout(0)).toEqual(['Error: 1.00 to 2.00', '4 images', 'density: 0.800', 'kernel density: 0.300']);
    expect(chart.readout(2)[1]).toBe('1 image');
  });

  test('is walked through bin by bin', () => {
    expect(walk(chart, shown, ['right', 'right', 'up', 'right', 'right', 'left'])).toEqual([0, 1, 1, 2, 2, 1]);
  });

  test('of counts has no densities in its table', () => {
    const { curve: _, ...bars } = plot;
    const { head, rows } = barsChart({ ...bars, heights: plot.counts }).table();
    expect([head, ...rows]).toEqual([
      ['Bin', 'Images'],
      ['1.00 to 2.00', '4'],
      ['2.00 to 3.00', '0'],
      ['3.00 to 4.00', '1'],
    ]);
  });
});

describe('a scatter', () => {
  const scores = [0, 0, Number.NaN, 1, 10, 0, 0, 10, 10, 10];
  const labels = [0, 0, 1, 2, 1];
  const { data } = latentScatterFigure({ name: 'latents', title: 'Latents', dataset, model: 'VAE', scores, labels });
  if (data?.kind !== 'points') throw new Error('no points');
  const chart = pointsChart(data);
  const { x, y } = plotScales(data);
  const shown = (...hidden: number[]): Shown => ({ frame: data, hidden: new Set(hidden) });
  const nameOf = (stop: number | undefined) => (stop === undefined ? undefined : chart.readout(stop)[0]);

  test('finds the point below the pointer, by the number of its image, unless its class is off', () => {
    const place = { x: x(10) + 4, y: y(10) - 4 };
    expect(nameOf(chart.nearest(place, shown()))).toBe('Test image 5');
    expect(chart.readout(chart.nearest(place, shown())!)).toEqual([
      'Test image 5',
      'B',
      'Latent 1: 10.0',
      'Latent 2: 10.0',
    ]);
    expect(chart.nearest(place, shown(1))).toBeUndefined();
    expect(chart.nearest({ x: x(5), y: y(5) }, shown())).toBeUndefined();
  });

  test('leads by arrow keys to the next point in their direction, and stays where there is none', () => {
    const first = chart.nearest({ x: x(0), y: y(0) }, shown())!;
    const stops = walk(chart, shown(), ['left', 'right', 'up', 'left', 'down', 'down'], first);
    expect(stops.map(nameOf)).toEqual([1, 3, 5, 4, 1, 1].map((number) => `Test image ${number}`));
    // B is off: what was reached through it is not.
    expect(walk(chart, shown(1), ['right', 'up'], first).map(nameOf)).toEqual(['Test image 1', 'Test image 4']);
  });

  test('draws the means of the classes that are on', () => {
    const means = (...hidden: number[]) => chart.content(shown(...hidden))[0].markup.match(/<g /g)?.length;
    expect([means(), means(1), means(0, 1, 2)]).toEqual([4, 3, 1]);
  });

  test('is a table of classes', () => {
    expect(chart.table().rows).toEqual([
      ['A', '1', '0', '0'],
      ['B', '2', '10.0', '5.00'],
      ['C', '1', '0', '10.0'],
    ]);
  });
});
