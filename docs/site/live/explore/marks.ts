import { linearScale } from '../shared/chart/scale.js';
import { shortNumber } from '../shared/chart/series.js';
import type { Palette } from './palette.js';
import type { Points } from './raster.js';
import { type Place, type Size, toPlane, toScreen, type View } from './view.js';

/** What stands out. */
export interface Marks {
  /** The point that is looked at. */
  readonly looked?: number | undefined;
  /** The point that was picked. */
  readonly picked?: number | undefined;
  /** Its neighbours. */
  readonly neighbours?: readonly number[];
  /** The place that is decoded. */
  readonly place?: Place | undefined;
  /** Whether keys look at the middle. */
  readonly hasCross?: boolean;
}

interface Drawn {
  readonly view: View;
  readonly size: Size;
  readonly points: Points;
  readonly palette: Palette;
}

/** Draws the axes' numbers, and rings around points, above the points. */
export function drawMarks(canvas: HTMLCanvasElement, drawn: Drawn, marks: Marks): void {
  const { view, size, points, palette } = drawn;
  const context = canvas.getContext('2d')!;
  const ratio = canvas.width / size.width;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  drawAxes(context, drawn);
  const at = (point: number) => toScreen(view, size, { x: points.xs[point], y: points.ys[point] });
  context.strokeStyle = palette.ink;
  const { looked, picked, neighbours = [], place } = marks;
  if (picked !== undefined) {
    context.lineWidth = 1;
    for (const neighbour of neighbours) {
      line(context, at(picked), at(neighbour));
      ring(context, at(neighbour), 4);
    }
    context.lineWidth = 2.5;
    ring(context, at(picked), 7);
  }
  context.lineWidth = 2;
  if (looked !== undefined && looked !== picked) ring(context, at(looked), 6);
  context.strokeStyle = palette.accent;
  if (marks.hasCross) cross(context, { x: size.width / 2, y: size.height / 2 }, 8);
  if (place) {
    const shown = toScreen(view, size, place);
    context.lineWidth = 2.5;
    ring(context, shown, 9);
    cross(context, shown, 14);
  }
}

/** Numbers along the lower and the left edge, and lines through 0. */
function drawAxes(context: CanvasRenderingContext2D, { view, size, palette }: Drawn): void {
  const { width, height } = size;
  const lower = toPlane(view, size, { x: 0, y: height });
  const upper = toPlane(view, size, { x: width, y: 0 });
  const x = linearScale(lower.x, upper.x, 0, width, Math.max(2, width / 110));
  const y = linearScale(lower.y, upper.y, height, 0, Math.max(2, height / 80));
  context.strokeStyle = palette.rule;
  context.lineWidth = 1;
  const zero = toScreen(view, size, { x: 0, y: 0 });
  line(context, { x: zero.x, y: 0 }, { x: zero.x, y: height });
  line(context, { x: 0, y: zero.y }, { x: width, y: zero.y });
  context.fillStyle = palette.muted;
  context.font = '12px system-ui, sans-serif';
  context.textAlign = 'center';
  for (const tick of x.ticks) {
    if (x.at(tick) > 40 && x.at(tick) < width - 24) context.fillText(shortNumber(tick), x.at(tick), height - 8);
  }
  context.textAlign = 'left';
  for (const tick of y.ticks) {
    if (y.at(tick) > 16 && y.at(tick) < height - 28) context.fillText(shortNumber(tick), 8, y.at(tick) + 4);
  }
}

function ring(context: CanvasRenderingContext2D, { x, y }: Place, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
}

function line(context: CanvasRenderingContext2D, from: Place, to: Place): void {
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  context.stroke();
}

function cross(context: CanvasRenderingContext2D, { x, y }: Place, reach: number): void {
  line(context, { x: x - reach, y }, { x: x + reach, y });
  line(context, { x, y: y - reach }, { x, y: y + reach });
}
