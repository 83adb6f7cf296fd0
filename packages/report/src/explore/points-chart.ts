import { withoutUnit } from '../figures/axes.js';
import { markerPath } from '../figures/markers.js';
import { plotScales } from '../figures/plot.js';
import { meansMarkup, POINT_OPACITY, type PointClass, type PointsPlot, pointsAxes } from '../figures/points-plot.js';
import { element, type Markup } from '../figures/svg.js';
import { INK, PAPER } from '../figures/theme.js';
import { formatCount, formatNumber } from '../text/numbers.js';
import { blend, type Stamp } from './blend.js';
import type { Chart, Direction, Place, Shown, ValuesTable } from './chart.js';
import { node } from './dom.js';

/** Pixels from a pointer to a point that it finds. */
const NEAR = 24;

/** Points: each is a stop, and arrow keys lead to the nearest one in their direction. */
export function pointsChart(plot: PointsPlot): Chart {
  const { across, up, members, classes, images } = plot;
  const named = classes.filter(({ name }) => name !== undefined);
  const search = (shown: Shown, distanceOf: (place: Place) => number, limit = Infinity) => {
    const { area } = shown.frame;
    const { x, y } = plotScales(shown.frame);
    let [best, least] = [-1, limit];
    for (let point = 0; point < across.length; point++) {
      if (shown.hidden.has(members[point])) continue;
      const place = { x: x(across[point]), y: y(up[point]) };
      if (place.x < area.left || place.x > area.right || place.y < area.top || place.y > area.bottom) continue;
      const distance = distanceOf(place);
      if (distance < least) [best, least] = [point, distance];
    }
    return best < 0 ? undefined : best;
  };
  const plotOf = ({ frame }: Shown): PointsPlot => ({ ...plot, ...frame });
  return {
    kind: 'scatter plot',
    zooms: true,
    groups: named.map(({ name, colour, shape }) => ({ name: name!, colour, shape })),
    nearest: (place, shown) => search(shown, ({ x, y }) => Math.hypot(x - place.x, y - place.y), NEAR),
    step: (stop, direction, shown) => {
      const { area } = shown.frame;
      const { x, y } = plotScales(shown.frame);
      if (stop === undefined) {
        const middle = { x: (area.left + area.right) / 2, y: (area.top + area.bottom) / 2 };
        return search(shown, (place) => Math.hypot(place.x - middle.x, place.y - middle.y));
      }
      const from = { x: x(across[stop]), y: y(up[stop]) };
      return search(shown, (place) => distanceTowards(from, place, direction)) ?? stop;
    },
    valueAt: (stop) => ({ x: across[stop], y: up[stop] }),
    readout: (stop) => [
      `Test image ${formatCount((images?.[stop] ?? stop) + 1)}`,
      ...(classes[members[stop]].name === undefined ? [] : [classes[members[stop]].name!]),
      `${withoutUnit(plot.x.title)}: ${formatNumber(across[stop])}`,
      `${withoutUnit(plot.y.title)}: ${formatNumber(up[stop])}`,
    ],
    highlight: (stop, shown) => highlight(plot, stop, shown),
    axes: (shown) => pointsAxes(plotOf(shown)),
    content: (shown) => [
      meansMarkup(
        shown.frame,
        classes.filter((_, index) => !shown.hidden.has(index)),
      ),
    ],
    paint: (context, shown) => paint(context, plot, shown),
    table: () => classTable(plot),
  };
}

/** Distance to a place that lies more in a direction than beside it; infinite for others. */
function distanceTowards(from: Place, to: Place, direction: Direction): number {
  const [right, down] = [to.x - from.x, to.y - from.y];
  const along = { left: -right, right, up: -down, down }[direction];
  const aside = Math.abs(direction === 'left' || direction === 'right' ? down : right);
  return along > 0.01 && along >= aside ? along + aside : Infinity;
}

function highlight({ across, up, members, classes }: PointsPlot, stop: number, { frame, hidden }: Shown): Markup[] {
  const { x, y } = plotScales(frame);
  const { area } = frame;
  const [cx, cy] = [x(across[stop]), y(up[stop])];
  const outside = cx < area.left || cx > area.right || cy < area.top || cy > area.bottom;
  if (outside || hidden.has(members[stop])) return [];
  return [
    element('circle', { cx, cy, r: 9, fill: 'none', stroke: PAPER, 'stroke-width': 5 }),
    element('circle', { cx, cy, r: 9, fill: 'none', stroke: INK, 'stroke-width': 2.5 }),
    element('circle', { cx, cy, r: 4, fill: classes[members[stop]].colour }),
  ];
}

/** All points of the classes that are switched on, in their order, so that no class hides the others. */
function paint(context: CanvasRenderingContext2D, plot: PointsPlot, { frame, hidden }: Shown): void {
  const { across, up, members, classes, radius } = plot;
  const { area } = frame;
  const { x, y } = plotScales(frame);
  const { a: scale, f: offset } = context.getTransform();
  const stamps = classes.map((each) => stampOf(each, radius * scale));
  const image = context.createImageData(context.canvas.width, context.canvas.height);
  for (let point = 0; point < across.length; point++) {
    const member = members[point];
    if (hidden.has(member)) continue;
    const [left, top] = [x(across[point]), y(up[point])];
    if (left < area.left || left > area.right || top < area.top || top > area.bottom) continue;
    blend(image, stamps[member], Math.round(left * scale), Math.round(top * scale + offset));
  }
  context.putImageData(image, 0, 0);
}

/** A marker of a class: how opaque each pixel of a square is, and the red, green and blue of all of them. */
function stampOf({ colour, shape }: PointClass, radius: number): Stamp {
  const side = 2 * Math.ceil(radius * 1.5);
  const canvas = node('canvas', { width: String(side), height: String(side) });
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.translate(side / 2, side / 2);
  context.fill(new Path2D(`M0 0${markerPath(shape, radius)}`));
  const { data } = context.getImageData(0, 0, side, side);
  const opacities = Float32Array.from(
    { length: side * side },
    (_, pixel) => (data[pixel * 4 + 3] / 255) * POINT_OPACITY,
  );
  return { side, opacities, rgb: [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)) };
}

function classTable({ x, y, across, classes, members }: PointsPlot): ValuesTable {
  const counts = classes.map(() => 0);
  for (const member of members) counts[member]++;
  return {
    caption: `Means of ${formatCount(across.length)} points`,
    head: ['Class', 'Images', withoutUnit(x.title), withoutUnit(y.title)],
    rows: classes.map(({ name, mean }, index) => [
      name ?? 'all',
      formatCount(counts[index]),
      ...mean.map((value) => formatNumber(value)),
    ]),
  };
}
