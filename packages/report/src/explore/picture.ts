import { element, group, HEADING_HEIGHT, type Markup } from '../figures/svg.js';
import { FIGURE_WIDTH, FONT_FAMILY, INK, PAPER, TEXT_SIZE } from '../figures/theme.js';
import type { Chart, Place, Shown } from './chart.js';
import { layer, node, redraw } from './dom.js';

/** Pixels around a plot area that belong to it, such as marks at its edge and the tick at its top. */
const AROUND = 12;
/** Pixels of the screen that are shown beside what is scrolled to. */
const REVEALED = 60;

/** A figure's picture with layers on it: what is drawn anew, points, and what marks a stop. */
export class Picture {
  /** Around the picture and its layers, of the same size. */
  readonly stage: HTMLElement;
  private readonly axes: SVGSVGElement;
  private readonly canvas: HTMLCanvasElement;
  private readonly content: SVGSVGElement;
  private readonly marks: SVGSVGElement;
  private readonly tip: HTMLElement;
  private readonly height: number;

  constructor(
    image: HTMLImageElement,
    private readonly chart: Chart,
    full: Shown,
  ) {
    this.height = full.frame.height + HEADING_HEIGHT;
    [this.axes, this.content, this.marks] = [1, 2, 3].map(() => layer(FIGURE_WIDTH, this.height)) as SVGSVGElement[];
    this.canvas = node('canvas', { 'aria-hidden': 'true' });
    this.tip = node('div', { class: 'tip', 'aria-hidden': 'true', hidden: '' });
    this.stage = node('div', { class: 'stage' });
    image.replaceWith(this.stage);
    this.stage.append(image, this.axes, this.canvas, this.content, this.marks, this.tip);
  }

  /** Where a pointer is, in pixels of the figure's body. */
  placeOf({ clientX, clientY }: { clientX: number; clientY: number }): Place {
    const box = this.stage.getBoundingClientRect();
    const scale = FIGURE_WIDTH / box.width;
    return { x: (clientX - box.left) * scale, y: (clientY - box.top) * scale - HEADING_HEIGHT };
  }

  /** Shows a part of the plot, or the picture alone. */
  show(shown: Shown, isPicture: boolean): void {
    this.stage.classList.toggle('redrawn', !isPicture);
    this.draw(this.axes, isPicture ? [] : [...this.cover(shown), ...this.chart.axes(shown)]);
    this.draw(this.content, isPicture ? [] : [this.clipped(shown, this.chart.content(shown))]);
    this.paint(shown, isPicture);
  }

  /** Marks a stop, with its values beside it; or none. */
  mark(shown: Shown, stop: number | undefined): void {
    const markup = stop === undefined ? [] : this.chart.highlight(stop, shown);
    this.draw(this.marks, markup);
    this.tip.hidden = stop === undefined || markup.length === 0;
    if (stop === undefined || this.tip.hidden) return;
    const [heading, ...values] = this.chart.readout(stop);
    this.tip.replaceChildren(node('strong', {}, heading), ...values.map((value) => node('span', {}, value)));
    const box = this.marks.querySelector('g > g')!.getBoundingClientRect();
    const stage = this.stage.getBoundingClientRect();
    // The sheet may be narrower than the picture, and scrolled.
    const sheet = this.stage.parentElement!.getBoundingClientRect();
    const isRight = box.left + box.right > sheet.left + sheet.right;
    const left = isRight ? box.left - this.tip.offsetWidth - 10 : box.right + 10;
    const top = Math.max(box.top, stage.top + (HEADING_HEIGHT * stage.width) / FIGURE_WIDTH) - stage.top;
    this.tip.style.left = `${Math.max(sheet.left + 2, Math.min(sheet.right - this.tip.offsetWidth - 2, left)) - stage.left}px`;
    this.tip.style.top = `${Math.max(2, Math.min(stage.height - this.tip.offsetHeight - 2, top))}px`;
  }

  /** Scrolls a sheet that is narrower than the picture to what is marked. */
  reveal(): void {
    const box = this.marks.querySelector('g > g')?.getBoundingClientRect();
    const sheet = this.stage.parentElement!;
    const { left, right } = sheet.getBoundingClientRect();
    if (box && box.left < left) sheet.scrollLeft += box.left - left - REVEALED;
    else if (box && box.right > right) sheet.scrollLeft += box.right - right + REVEALED;
  }

  private draw(target: SVGSVGElement, body: readonly Markup[]): void {
    const text = { 'font-family': FONT_FAMILY, 'font-size': TEXT_SIZE, fill: INK };
    const markup = group({ ...text, transform: `translate(0 ${HEADING_HEIGHT})` }, [group({}, body)]);
    redraw(target, FIGURE_WIDTH, this.height, body.length === 0 ? '' : markup.markup);
  }

  /** White over the plot and its axes; a legend beside or above it stays. */
  private cover({ frame: { area, height } }: Shown): Markup[] {
    const plot = {
      x: 0,
      y: area.top - AROUND,
      width: area.right + AROUND,
      height: area.bottom - area.top + 2 * AROUND,
    };
    const below = { x: 0, y: area.bottom, width: FIGURE_WIDTH, height: height - area.bottom };
    return [plot, below].map((box) => element('rect', { ...box, fill: PAPER }));
  }

  /** Content as far as it lies in the plot area. */
  private clipped({ frame: { area } }: Shown, content: readonly Markup[]): Markup {
    const [width, height] = [area.right - area.left, area.bottom - area.top];
    const box = { x: area.left, y: area.top, width, height, viewBox: [area.left, area.top, width, height].join(' ') };
    return element('svg', box, ...content, { markup: '' });
  }

  private paint(shown: Shown, isPicture: boolean): void {
    if (!this.chart.paint) return;
    const scale = (this.stage.clientWidth * devicePixelRatio) / FIGURE_WIDTH;
    const [width, height] = [FIGURE_WIDTH, this.height].map((length) => Math.round(length * scale));
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    const context = this.canvas.getContext('2d')!;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    if (isPicture) return;
    context.setTransform(scale, 0, 0, scale, 0, HEADING_HEIGHT * scale);
    this.chart.paint(context, shown);
  }
}
