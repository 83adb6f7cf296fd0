import { formatCount, formatDuration, formatValue } from '../../terminal/text.js';
import type { EpochView, ModelView } from '../views.js';
import { drawn, element, say, set } from './dom.js';
import { type Scales, scalesFor } from './scales.js';

const LINES = ['loss', 'valLoss'] as const;
const NAMES = { loss: 'Training loss', valLoss: 'Validation loss', steps: 'Loss of the steps' } as const;

/** Losses by epochs, and within them; arrow keys and the pointer read an epoch's values. */
export class LossChart {
  readonly node = element('div');
  private readonly frame: HTMLElement;
  private readonly svg = drawn('svg', { 'aria-hidden': 'true' });
  private readonly readout = element('p', { class: 'readout', 'aria-hidden': 'true' });
  private readonly log = element('input', { type: 'checkbox' });
  private readonly stepsEntry = legendEntry('steps');
  private rows: readonly EpochView[] = [];
  private curve: ModelView['curve'] = [];
  /** Index of the epoch that is read; undefined follows the last one. */
  private at: number | undefined;
  private shown = '';

  constructor(title: string) {
    this.frame = element('div', {
      class: 'chart',
      tabindex: 0,
      role: 'slider',
      'aria-label': `Losses of the ${title} by epoch`,
    });
    this.frame.append(this.svg);
    const legend = element('div', { class: 'legend' }, ...LINES.map(legendEntry), this.stepsEntry);
    legend.append(element('label', { class: 'check' }, this.log, ' Logarithmic'));
    this.node.append(this.readout, this.frame, legend);
    this.log.addEventListener('change', () => this.draw());
    this.frame.addEventListener('keydown', (event) => this.onKey(event));
    this.frame.addEventListener('pointermove', (event) => this.onPointer(event));
    this.frame.addEventListener('pointerdown', (event) => this.onPointer(event));
    this.frame.addEventListener('pointerleave', () => this.read(undefined));
    new ResizeObserver(() => this.draw()).observe(this.frame);
  }

  update(rows: readonly EpochView[], curve: ModelView['curve']): void {
    const text = JSON.stringify([rows, curve]);
    if (text === this.shown) return;
    [this.shown, this.rows, this.curve] = [text, rows, curve];
    this.stepsEntry.hidden = curve.length === 0;
    this.node.hidden = rows.length + curve.length === 0;
    this.draw();
  }

  private onKey(event: KeyboardEvent): void {
    const last = this.rows.length - 1;
    const at = this.at ?? last;
    const moves: Readonly<Record<string, number | undefined>> = {
      ArrowLeft: at - 1,
      ArrowDown: at - 1,
      ArrowRight: at + 1,
      ArrowUp: at + 1,
      PageDown: at - 10,
      PageUp: at + 10,
      Home: 0,
      End: last,
    };
    const to = moves[event.key];
    if (to === undefined || last < 0) return;
    event.preventDefault();
    this.read(Math.min(last, Math.max(0, to)));
  }

  private onPointer({ clientX }: PointerEvent): void {
    const { left } = this.frame.getBoundingClientRect();
    const epoch = this.scales()?.epochAt(clientX - left);
    if (epoch === undefined || this.rows.length === 0) return;
    const distances = this.rows.map((row) => Math.abs(row.epoch - epoch));
    this.read(distances.indexOf(Math.min(...distances)));
  }

  private read(at: number | undefined): void {
    this.at = at;
    this.draw();
  }

  private scales(): Scales | undefined {
    const { width, height } = this.svg.getBoundingClientRect();
    const losses = [
      ...this.rows.flatMap(({ loss, valLoss }) => [loss, valLoss]),
      ...this.curve.map(([, loss]) => loss),
    ];
    const epochs = Math.max(1, this.rows.at(-1)?.epoch ?? 0, this.curve.at(-1)?.[0] ?? 0);
    const finite = losses.filter((loss) => loss !== null);
    if (width === 0 || finite.length === 0) return undefined;
    return scalesFor({ width, height, epochs, losses: finite, isLog: this.log.checked });
  }

  private draw(): void {
    const row = this.rows[this.at ?? this.rows.length - 1];
    say(this.readout, row ? readoutOf(row) : '');
    set(this.frame, {
      'aria-valuemin': this.rows[0]?.epoch ?? 0,
      'aria-valuemax': this.rows.at(-1)?.epoch ?? 0,
      'aria-valuenow': row?.epoch ?? 0,
      'aria-valuetext': row ? readoutOf(row) : 'No epoch is done yet',
    });
    const scales = this.scales();
    if (scales) this.drawIn(scales, row);
    else this.svg.replaceChildren();
  }

  private drawIn(scales: Scales, row: EpochView | undefined): void {
    const { width, height, x, y } = scales;
    set(this.svg, { viewBox: `0 0 ${width} ${height}` });
    const path = (points: readonly (readonly [number, number | null])[], name: string) =>
      drawn('path', { class: name, d: pathOf(points, scales) });
    const marks = (name: (typeof LINES)[number]) =>
      this.rows.length > 60
        ? []
        : this.rows.flatMap(({ epoch, [name]: loss }) =>
            loss === null ? [] : [drawn('circle', { class: name, cx: x(epoch), cy: y(loss), r: 2.5 })],
          );
    this.svg.replaceChildren(
      ...axes(scales),
      path(this.curve, 'steps'),
      ...LINES.map((name) =>
        path(
          this.rows.map((each) => [each.epoch, each[name]]),
          name,
        ),
      ),
      ...LINES.flatMap(marks),
      ...(row && this.at !== undefined ? cursor(row, scales) : []),
    );
  }
}

function legendEntry(name: keyof typeof NAMES): HTMLElement {
  const line = drawn(
    'svg',
    { viewBox: '0 0 28 10', 'aria-hidden': 'true' },
    drawn('path', { class: name, d: 'M0 5H28' }),
  );
  return element('span', {}, line, NAMES[name]);
}

function readoutOf({ epoch, loss, valLoss, seconds, imagesPerSecond }: EpochView): string {
  const facts = [
    `Epoch ${epoch}: loss ${loss === null ? 'not a number' : formatValue(loss)}`,
    valLoss === null ? '' : `validation ${formatValue(valLoss)}`,
    seconds === null ? '' : formatDuration(seconds),
    imagesPerSecond === null ? '' : `${formatCount(imagesPerSecond)} images a second`,
  ];
  return facts.filter(Boolean).join(', ');
}

/** A line through points; where there is no number it is broken. */
function pathOf(points: readonly (readonly [number, number | null])[], { x, y }: Scales): string {
  let isDown = false;
  return points
    .map(([epoch, loss]) => {
      const move = isDown ? 'L' : 'M';
      isDown = loss !== null;
      return loss === null ? '' : `${move}${x(epoch).toFixed(1)} ${y(loss).toFixed(1)}`;
    })
    .join('');
}

function axes({ x, y, epochTicks, lossTicks, width, left, right, bottom }: Scales): SVGElement[] {
  const across = lossTicks.flatMap((loss) => [
    drawn('line', { class: 'grid', x1: left, x2: width - right, y1: y(loss), y2: y(loss) }),
    drawn('text', { x: left - 6, y: y(loss) + 4, 'text-anchor': 'end' }, String(Number(loss.toPrecision(3)))),
  ]);
  const below = epochTicks.map((epoch) =>
    drawn('text', { x: x(epoch), y: bottom + 16, 'text-anchor': 'middle' }, String(epoch)),
  );
  return [...across, ...below, drawn('text', { x: width - right, y: bottom + 32, 'text-anchor': 'end' }, 'Epochs')];
}

function cursor({ epoch, loss, valLoss }: EpochView, { x, y, top, bottom }: Scales): SVGElement[] {
  const line = drawn('line', { class: 'cursor', x1: x(epoch), x2: x(epoch), y1: top, y2: bottom });
  const mark = (value: number | null, name: string) =>
    value === null ? [] : [drawn('circle', { class: name, cx: x(epoch), cy: y(value), r: 5 })];
  return [line, ...mark(loss, 'loss'), ...mark(valLoss, 'valLoss')];
}
