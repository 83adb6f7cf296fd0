import type { PlotFrame } from '../figures/plot.js';
import { barsChart } from './bars-chart.js';
import { BinPanel } from './bin-panel.js';
import type { Chart, Direction, ExplorableData, Place, Shown } from './chart.js';
import { button, node } from './dom.js';
import { listenToGestures } from './gestures.js';
import { groupToggles } from './group-toggles.js';
import { linesChart } from './lines-chart.js';
import { Picture } from './picture.js';
import { pointsChart } from './points-chart.js';
import { valuesDetails } from './values-details.js';
import { framed, isWhole, moved, shareOf, showing, type View, WHOLE, zoomed } from './view.js';

/** What a press of a key or a button enlarges by. */
const STEP = 1.6;

/** Makes a figure of a page explorable: hover, keys, zoom, groups, pictures of bins, and a table. */
export class Explorer {
  private readonly chart: Chart;
  private readonly picture: Picture;
  private readonly spoken: HTMLElement;
  private readonly panel: BinPanel | undefined;
  private readonly hidden = new Set<number>();
  private view: View = WHOLE;
  private stop: number | undefined;
  private isDrawn = true;

  constructor(
    figure: HTMLElement,
    private readonly data: ExplorableData,
  ) {
    this.chart = chartOf(data);
    this.picture = new Picture(figure.querySelector('img')!, this.chart, this.shown);
    this.spoken = node('p', { class: 'spoken', role: 'status', 'aria-live': 'polite' });
    const pictures = data.kind === 'bars' ? data.pictures : undefined;
    this.panel = pictures && data.kind === 'bars' ? new BinPanel(data, pictures) : undefined;
    const tools = node('div', { class: 'tools' });
    if (this.chart.zooms) tools.append(...this.zoomButtons());
    if (this.chart.groups.length > 0) {
      tools.append(groupToggles(this.chart.groups, this.hidden, () => this.change(this.view)));
    }
    tools.append(node('p', { class: 'hint' }, this.hint()));
    const sheet = figure.querySelector('.sheet')!;
    // The stage in it takes the keys.
    sheet.removeAttribute('tabindex');
    sheet.after(tools, this.spoken, ...(this.panel ? [this.panel.element] : []), valuesDetails(this.chart, data.title));
    this.prepareStage();
    addEventListener('resize', () => this.change(this.view));
  }

  /** What is shown at the moment. */
  private get shown(): Shown {
    return { frame: framed<PlotFrame>(this.data, this.view), hidden: this.hidden };
  }

  private prepareStage(): void {
    const { stage } = this.picture;
    stage.tabIndex = 0;
    stage.setAttribute('role', 'application');
    stage.setAttribute('aria-roledescription', `interactive ${this.chart.kind}`);
    stage.setAttribute('aria-label', `${this.data.title}. ${this.hint()}`);
    listenToGestures(stage, {
      zooms: () => this.chart.zooms,
      isZoomed: () => !isWhole(this.view),
      placeOf: (pointer) => this.picture.placeOf(pointer),
      hover: (place) => this.mark(place && this.chart.nearest(place, this.shown)),
      pick: (place) => this.pick(this.chart.nearest(place, this.shown)),
      zoom: (factor, place) => this.zoom(factor, place),
      drag: (by) => this.drag(by),
      step: (direction) => this.walk(direction),
      enter: () => this.pick(this.stop),
      escape: () => this.reset(),
    });
  }

  private zoomButtons(): HTMLElement[] {
    return [
      button('+', 'Zoom in', () => this.zoom(STEP)),
      button('−', 'Zoom out', () => this.zoom(1 / STEP)),
      button('Reset', 'Reset the view', () => this.reset()),
    ];
  }

  private hint(): string {
    const keys = this.chart.zooms
      ? 'Ctrl and the wheel or a double click zoom, dragging moves. Arrow keys move from value to value, + and − zoom, Escape shows all'
      : 'Arrow keys move from bin to bin';
    const pick = this.panel ? '; a click or Enter shows pictures of the bin' : '';
    return `${keys}${pick}.`;
  }

  /** Enlarges about a place, or about the stop that is marked, or about the middle. */
  private zoom(factor: number, place: Place | undefined = this.placeOfStop()): void {
    if (!this.chart.zooms) return;
    const { area } = this.data;
    const share = (value: number) => Math.min(1, Math.max(0, value));
    const at = place
      ? {
          x: share((place.x - area.left) / (area.right - area.left)),
          y: share((area.bottom - place.y) / (area.bottom - area.top)),
        }
      : { x: 0.5, y: 0.5 };
    this.change(zoomed(this.view, factor, at));
  }

  private placeOfStop(): Place | undefined {
    if (this.stop === undefined) return undefined;
    const { area } = this.data;
    const { frame } = this.shown;
    const value = this.chart.valueAt(this.stop);
    const [x, y] = [shareOf(frame.x, value.x), shareOf(frame.y, value.y)];
    return { x: area.left + x * (area.right - area.left), y: area.bottom - y * (area.bottom - area.top) };
  }

  private drag(by: Place): void {
    const { area } = this.data;
    this.change(moved(this.view, { x: -by.x / (area.right - area.left), y: by.y / (area.bottom - area.top) }));
  }

  private walk(direction: Direction): void {
    const next = this.chart.step(this.stop, direction, this.shown);
    if (next === undefined) return;
    const value = this.chart.valueAt(next);
    this.stop = next;
    this.change(showing(this.view, { x: shareOf(this.data.x, value.x), y: shareOf(this.data.y, value.y) }));
    this.speak(next);
    if (this.panel?.isOpen) this.panel.show(next);
  }

  private pick(stop: number | undefined): void {
    this.mark(stop);
    if (stop === undefined) return;
    this.speak(stop);
    this.panel?.show(stop);
  }

  private reset(): void {
    this.stop = undefined;
    this.spoken.textContent = '';
    this.change(WHOLE);
  }

  private mark(stop: number | undefined): void {
    this.stop = stop;
    this.picture.mark(this.shown, stop);
  }

  private speak(stop: number): void {
    this.spoken.textContent = this.chart.readout(stop).join(', ');
  }

  /** Shows another view, once for all changes before the next frame. */
  private change(view: View): void {
    this.view = view;
    if (!this.isDrawn) return;
    this.isDrawn = false;
    requestAnimationFrame(() => {
      this.isDrawn = true;
      this.picture.show(this.shown, isWhole(this.view) && this.hidden.size === 0);
      this.picture.mark(this.shown, this.stop);
      if (document.activeElement !== this.picture.stage) return;
      this.picture.reveal();
      this.picture.mark(this.shown, this.stop);
    });
  }
}

function chartOf(data: ExplorableData): Chart {
  if (data.kind === 'lines') return linesChart(data);
  return data.kind === 'bars' ? barsChart(data) : pointsChart(data);
}
