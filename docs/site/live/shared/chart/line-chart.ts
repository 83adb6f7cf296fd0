import { chartTable } from './chart-table.js';
import { linearScale, logScale, type Scale } from './scale.js';
import { type LineChartOptions, type Series, shortNumber } from './series.js';
import { svg } from './svg.js';

/** Height by the width, in pixels. */
const HEIGHT = (width: number) => Math.max(220, Math.min(340, width * 0.5));
const MARGIN = { top: 16, right: 16, bottom: 44, left: 60 };

/**
 * A line chart in SVG, with a table of its values behind it. The arrow keys walk through the values where the chart has
 * the focus.
 */
export class LineChart {
  private series: readonly Series[] = [];
  private readonly picture = svg('svg', { tabindex: '0', role: 'img' });
  private readonly legend = document.createElement('ul');
  private readonly readout = document.createElement('p');
  private readonly table = document.createElement('details');
  /** Place among the x values that the visitor looks at. */
  private chosen: number | undefined;
  /** In pixels: texts have the same size on every screen. */
  private size = { width: 640, height: HEIGHT(640) };
  /** Lengths of the lines when the table was filled, where it is not filled each time. */
  private tabled: string | undefined;
  private scales: { x: Scale; y: Scale } | undefined;

  constructor(
    parent: Element,
    private readonly options: LineChartOptions,
  ) {
    const figure = document.createElement('figure');
    figure.className = 'chart';
    this.legend.className = 'legend';
    this.readout.className = 'readout number';
    this.readout.setAttribute('aria-live', 'polite');
    const summary = document.createElement('summary');
    summary.textContent = 'Values as a table';
    this.table.append(summary);
    this.table.addEventListener('toggle', () => this.fillTable());
    figure.append(this.legend, this.picture, this.readout, this.table);
    parent.append(figure);
    this.picture.addEventListener('pointermove', (event) => this.pointAt(event));
    this.picture.addEventListener('pointerleave', () => this.choose(undefined));
    this.picture.addEventListener('keydown', (event) => this.walk(event));
    this.picture.addEventListener('blur', () => this.choose(undefined));
    this.show([]);
    new ResizeObserver(([{ contentRect }]) => this.resize(contentRect.width)).observe(figure);
  }

  /** Draws other values in place of those shown. */
  show(series: readonly Series[]): void {
    this.series = series;
    this.legend.replaceChildren(
      ...series.map(({ name }, index) => {
        const item = document.createElement('li');
        item.className = classOf(this.series[index], index);
        item.textContent = name;
        return item;
      }),
    );
    this.picture.setAttribute('aria-label', this.summary());
    this.draw();
    // Faint lines may grow many times a second, which nobody can read in a table.
    const lengths = series.some(({ isFaint }) => isFaint)
      ? series.filter(({ isFaint }) => !isFaint).map(({ x }) => x.length)
      : undefined;
    if (lengths === undefined || lengths.join() !== this.tabled) this.fillTable();
    this.tabled = lengths?.join();
  }

  /** The chart in a sentence. */
  private summary(): string {
    const { title } = this.options;
    const ends = this.series
      .filter(({ y }) => y.length > 0)
      .map(({ name, y }) => `${name} from ${shortNumber(y[0])} to ${shortNumber(y.at(-1)!)}`);
    return ends.length === 0 ? `${title}: no values yet.` : `${title}. ${ends.join('; ')}. Arrow keys read the values.`;
  }

  private resize(width: number): void {
    if (width === 0 || width === this.size.width) return;
    this.size = { width, height: HEIGHT(width) };
    this.draw();
  }

  private draw(): void {
    const { width, height } = this.size;
    this.picture.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const { xLabel, yLabel, logarithmic = false } = this.options;
    const xs = this.series.flatMap(({ x }) => x);
    const ys = this.series.flatMap(({ y }) => y).filter(Number.isFinite);
    const [left, right] = [MARGIN.left, width - MARGIN.right];
    const [bottom, top] = [height - MARGIN.bottom, MARGIN.top];
    const [lowest, highest] = range(ys);
    const x = linearScale(Math.min(...xs, 0), Math.max(...xs, 1), left, right, width / 80);
    const y = logarithmic
      ? logScale(lowest / 1.1, highest * 1.1, bottom, top)
      : linearScale(Math.min(0, lowest), highest * 1.05, bottom, top, 5);
    this.scales = { x, y };
    const grid = y.ticks.map((tick) =>
      svg('line', { class: 'grid', x1: left, x2: right, y1: y.at(tick), y2: y.at(tick) }),
    );
    const marks = [
      ...y.ticks.map((tick) => svg('text', { class: 'end', x: left - 8, y: y.at(tick) + 4 }, shortNumber(tick))),
      ...x.ticks.map((tick) => svg('text', { class: 'middle', x: x.at(tick), y: bottom + 18 }, shortNumber(tick))),
      svg('text', { class: 'middle', x: (left + right) / 2, y: height - 6 }, xLabel),
      svg(
        'text',
        { class: 'middle', x: 0, y: 0, transform: `translate(12 ${(top + bottom) / 2}) rotate(-90)` },
        yLabel,
      ),
    ];
    const axis = svg('line', { class: 'axis', x1: left, x2: right, y1: bottom, y2: bottom });
    const lines = this.series.map((series, index) => this.line(series, index, x, y));
    // What is faint lies below.
    lines.sort((a, b) => Number(b.matches('.faint')) - Number(a.matches('.faint')));
    this.picture.replaceChildren(...grid, axis, ...marks, ...lines);
    this.choose(this.chosen);
  }

  private line(series: Series, index: number, x: Scale, y: Scale): SVGElement {
    const points = series.x
      .map((value, at) => [x.at(value), y.at(series.y[at])])
      .filter(([, height]) => Number.isFinite(height));
    const group = svg('g', { class: classOf(series, index) });
    group.append(svg('polyline', { points: points.map(([a, b]) => `${a.toFixed(1)},${b.toFixed(1)}`).join(' ') }));
    // A line of one point would not be seen.
    if (points.length === 1) group.append(svg('circle', { cx: points[0][0], cy: points[0][1], r: 3.5 }));
    return group;
  }

  /** All x values that any line has, rising. */
  private positions(): number[] {
    return [...new Set(this.series.flatMap(({ x }) => x))].sort((a, b) => a - b);
  }

  private pointAt(event: PointerEvent): void {
    const box = this.picture.getBoundingClientRect();
    const place = ((event.clientX - box.left) / box.width) * this.size.width;
    const distances = this.positions().map((value) => Math.abs(this.scales!.x.at(value) - place));
    if (distances.length > 0) this.choose(distances.indexOf(Math.min(...distances)));
  }

  private walk(event: KeyboardEvent): void {
    const last = this.positions().length - 1;
    const now = this.chosen ?? last + 1;
    const next = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last }[event.key];
    if (next === undefined || last < 0) return;
    event.preventDefault();
    this.choose(Math.max(0, Math.min(last, next)));
  }

  private choose(place: number | undefined): void {
    this.picture.querySelector('.cursor')?.remove();
    this.chosen = place;
    const position = place === undefined ? undefined : this.positions()[place];
    if (position === undefined) {
      this.readout.textContent = '';
      return;
    }
    const at = this.scales!.x.at(position);
    const cursor = svg('g', { class: 'cursor' });
    cursor.append(svg('line', { x1: at, x2: at, y1: MARGIN.top, y2: this.size.height - MARGIN.bottom }));
    const values = this.series.flatMap((series, index) => {
      const { name, x, y } = series;
      const value = y[x.indexOf(position)];
      if (value === undefined) return [];
      if (Number.isFinite(value)) {
        const dot = svg('g', { class: classOf(series, index) });
        dot.append(svg('circle', { cx: at, cy: this.scales!.y.at(value), r: 4.5 }));
        cursor.append(dot);
      }
      return [`${name} ${shortNumber(value)}`];
    });
    this.picture.append(cursor);
    this.readout.textContent = `${this.options.xLabel} ${shortNumber(position)}: ${values.join(', ')}`;
  }

  private fillTable(): void {
    this.table.querySelector('.scroll')?.remove();
    if (this.table.open) this.table.append(chartTable(this.options, this.series, this.positions()));
  }
}

const classOf = ({ isFaint }: Series, index: number) => (isFaint ? 'faint' : `series-${index + 1}`);

/** Least and largest number; 0 to 1 where there is none. */
function range(values: readonly number[]): [number, number] {
  return values.length === 0 ? [0.1, 1] : [Math.min(...values), Math.max(...values)];
}
