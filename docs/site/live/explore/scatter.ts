import { type Quadtree, quadtree } from 'd3-quadtree';
import { drawMarks, type Marks } from './marks.js';
import { colours, type Palette } from './palette.js';
import { drawPoints, type Points } from './raster.js';
import { type Place, panned, type Size, toPlane, toScreen, type View, viewOfAll, zoomed } from './view.js';

/** Pixels around the pointer in which a point is found. */
const REACH = 14;
/** Pixels that are drawn for each one of the layout, at most: more cost time and show nothing. */
const SHARPEST = 2;

/** What the visitor does to the plane. */
export interface ScatterEvents {
  /** Is told the point under the pointer, or in the middle for keys; undefined for none. */
  readonly onLook: (point: number | undefined) => void;
  readonly onPick: (point: number) => void;
  /** Is told the place that is to be decoded. */
  readonly onPlace: (place: Place) => void;
}

/** Points on a canvas, which one can zoom, drag and point at. `gestures.ts` has what pointers and keys do. */
export class Scatter {
  /** In pixels of the layout. To ask the layout for it costs more than to draw. */
  private size: Size = { width: 1, height: 1 };
  private points: Points = none();
  private view: View = { x: 0, y: 0, scale: 1 };
  private whole: View = this.view;
  private tree: Quadtree<number> = quadtree();
  private pixels: ImageData | undefined;
  private palette: Palette = colours();
  private marks: Marks = {};
  /** What is to be drawn in the next frame. */
  private due = { points: false, marks: false };
  private isDue = false;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly overlay: HTMLCanvasElement,
  ) {
    new ResizeObserver(() => this.resized()).observe(canvas);
    this.resized();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.palette = colours();
      this.draw('points', 'marks');
    });
  }

  /** The place in the plane at a place on the canvas. */
  placeAt(at: Place): Place {
    return toPlane(this.view, this.size, at);
  }

  /** Where a place in the plane is on the canvas. */
  screenOf(place: Place): Place {
    return toScreen(this.view, this.size, place);
  }

  /** The place in the middle of the canvas. */
  get middle(): Place {
    return { x: this.size.width / 2, y: this.size.height / 2 };
  }

  /** Takes other points in place of those that are shown. */
  set(points: Points): void {
    this.points = points;
    this.whole = viewOfAll(points.xs, points.ys, this.size);
    this.view = this.whole;
    this.filtered();
  }

  /** Draws what is shown now, after `isShown` of the points has changed. */
  filtered(): void {
    const { xs, ys, isShown } = this.points;
    const shown = Array.from(xs.keys()).filter((point) => isShown[point] === 1);
    this.tree = quadtree(
      shown,
      (point) => xs[point],
      (point) => ys[point],
    );
    this.draw('points', 'marks');
  }

  /** The point near a place on the canvas; undefined if there is none. */
  pointAt(at: Place, reach = REACH): number | undefined {
    const { x, y } = this.placeAt(at);
    return this.tree.find(x, y, reach / this.view.scale);
  }

  showAll(): void {
    this.whole = viewOfAll(this.points.xs, this.points.ys, this.size);
    this.look(this.whole);
  }

  pan(right: number, down: number): void {
    this.look(panned(this.view, right, down));
  }

  zoom(factor: number, at: Place = this.middle): void {
    this.look(zoomed(this.view, this.size, factor, at, this.whole));
  }

  /** Moves a place in the plane into the picture, if it is out of it. */
  reveal(place: Place): void {
    const { x, y } = this.screenOf(place);
    const { width, height } = this.size;
    const isSeen = x > 0.05 * width && x < 0.95 * width && y > 0.05 * height && y < 0.95 * height;
    if (!isSeen) this.look({ ...this.view, ...place });
  }

  /** Marks points and places above the others; what is left out stays. */
  mark(marks: Marks): void {
    this.marks = { ...this.marks, ...marks };
    this.draw('marks');
  }

  private look(view: View): void {
    this.view = view;
    this.draw('points', 'marks');
  }

  private resized(): void {
    const ratio = Math.min(SHARPEST, devicePixelRatio);
    const [width, height] = [Math.max(1, this.canvas.clientWidth), Math.max(1, this.canvas.clientHeight)];
    this.size = { width, height };
    for (const canvas of [this.canvas, this.overlay]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    this.pixels = new ImageData(this.canvas.width, this.canvas.height);
    const isWhole = this.view === this.whole;
    this.whole = viewOfAll(this.points.xs, this.points.ys, this.size);
    if (isWhole) this.view = this.whole;
    this.draw('points', 'marks');
  }

  private draw(...what: ('points' | 'marks')[]): void {
    for (const each of what) this.due[each] = true;
    if (this.isDue) return;
    this.isDue = true;
    requestAnimationFrame(() => {
      this.isDue = false;
      if (this.due.points) this.drawPoints();
      if (this.due.marks) this.drawMarks();
      this.due = { points: false, marks: false };
    });
  }

  private drawPoints(): void {
    if (!this.pixels) return;
    const ratio = this.canvas.width / this.size.width;
    const closer = Math.log2(Math.max(1, this.view.scale / this.whole.scale));
    const radius = ratio * Math.min(6, baseRadius(this.points.xs.length) + 0.6 * closer);
    const style = { ...this.palette, radius };
    const view = { ...this.view, scale: this.view.scale * ratio };
    drawPoints(this.pixels.data, this.canvas, view, this.points, style);
    this.canvas.getContext('2d')!.putImageData(this.pixels, 0, 0);
  }

  private drawMarks(): void {
    drawMarks(
      this.overlay,
      { view: this.view, size: this.size, points: this.points, palette: this.palette },
      this.marks,
    );
  }
}

const none = (): Points => ({
  xs: new Float32Array(0),
  ys: new Float32Array(0),
  colours: new Uint8Array(0),
  isShown: new Uint8Array(0),
});

/** Fewer points may be larger. */
const baseRadius = (count: number) => (count > 4000 ? 1.8 : count > 800 ? 2.6 : 3.6);
