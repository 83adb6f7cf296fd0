import type { Scatter, ScatterEvents } from './scatter.js';
import type { Place } from './view.js';

/** Pixels that a pointer may move in a click. */
const CLICK = 5;
/** Pixels of a step by an arrow key; with Shift it is longer. */
const [STEP, LONG_STEP] = [32, 160];
const KEY_ZOOM = 1.4;
/** Pixels of a line of a wheel that counts in lines. */
const LINE = 18;

const ARROWS: Readonly<Record<string, Place>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** What pointers, wheel and keys do to the plane. */
export class Gestures {
  /** Whether dragging decodes; else it moves the plane. */
  private decodes = false;
  /** Places of the pointers that are down. */
  private readonly down = new Map<number, Place>();
  /** How far a pointer has moved since it went down. */
  private moved = 0;
  /** The place that is decoded, in the plane. */
  private place: Place | undefined;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly scatter: Scatter,
    private readonly events: ScatterEvents,
  ) {
    canvas.addEventListener('pointerdown', (event) => this.begin(event));
    canvas.addEventListener('pointermove', (event) => this.move(event));
    canvas.addEventListener('pointerup', (event) => this.end(event));
    canvas.addEventListener('pointercancel', (event) => this.down.delete(event.pointerId));
    canvas.addEventListener('pointerleave', () => this.events.onLook(undefined));
    canvas.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    canvas.addEventListener('keydown', (event) => this.key(event));
    canvas.addEventListener('focus', () => this.cross(canvas.matches(':focus-visible')));
    canvas.addEventListener('blur', () => this.cross(false));
  }

  /** Whether dragging decodes from now on. */
  setDecoding(decodes: boolean): void {
    this.decodes = decodes;
    this.place = decodes ? this.scatter.placeAt(this.scatter.middle) : undefined;
    this.scatter.mark({ place: this.place, looked: undefined });
    if (this.place) this.events.onPlace(this.place);
  }

  private begin(event: PointerEvent): void {
    this.canvas.setPointerCapture(event.pointerId);
    this.down.set(event.pointerId, at(event));
    this.moved = 0;
    this.cross(false);
    if (this.decodes && this.down.size === 1) this.goTo(at(event));
  }

  private move(event: PointerEvent): void {
    const before = this.down.get(event.pointerId);
    const now = at(event);
    if (!before) {
      if (!this.decodes && event.pointerType === 'mouse') this.events.onLook(this.scatter.pointAt(now));
      return;
    }
    const [right, below] = [now.x - before.x, now.y - before.y];
    this.moved += Math.hypot(right, below);
    this.down.set(event.pointerId, now);
    const other = [...this.down].find(([id]) => id !== event.pointerId)?.[1];
    if (other) this.pinch(before, now, other);
    else if (this.decodes) this.goTo(now);
    else if (this.moved > CLICK) this.scatter.pan(right, below);
  }

  /** Two fingers zoom by their distance, and move the plane by their middle. */
  private pinch(before: Place, now: Place, other: Place): void {
    const distance = (from: Place) => Math.max(1, Math.hypot(from.x - other.x, from.y - other.y));
    this.scatter.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
    this.scatter.zoom(distance(now) / distance(before), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
  }

  private end(event: PointerEvent): void {
    const isClick = this.down.size === 1 && this.moved <= CLICK && !this.decodes;
    this.down.delete(event.pointerId);
    if (!isClick) return;
    // A finger hides what it points at.
    const point = this.scatter.pointAt(at(event), event.pointerType === 'mouse' ? undefined : 24);
    if (point !== undefined) this.events.onPick(point);
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * LINE : event.deltaY;
    this.scatter.zoom(Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.0018)), at(event));
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    const step = event.shiftKey ? LONG_STEP : STEP;
    if (arrow) this.step({ x: arrow.x * step, y: arrow.y * step });
    else if (event.key === '+' || event.key === '=') this.scatter.zoom(KEY_ZOOM, this.focus());
    else if (event.key === '-') this.scatter.zoom(1 / KEY_ZOOM, this.focus());
    else if (event.key === '0') this.scatter.showAll();
    else if (event.key === 'Enter' || event.key === ' ') this.pickMiddle();
    else return;
    event.preventDefault();
    this.cross(true);
    if (!this.decodes) this.events.onLook(this.scatter.pointAt(this.scatter.middle, STEP));
  }

  /** Where keys zoom: the place that is decoded, or the middle. */
  private focus(): Place {
    return this.place ? this.scatter.screenOf(this.place) : this.scatter.middle;
  }

  /** Moves the plane, so that the cross in its middle comes to other points; or the place that is decoded. */
  private step({ x, y }: Place): void {
    if (!this.place) {
      this.scatter.pan(-x, -y);
      return;
    }
    const from = this.scatter.screenOf(this.place);
    this.goTo({ x: from.x + x / 2, y: from.y + y / 2 });
    this.scatter.reveal(this.place);
  }

  private pickMiddle(): void {
    const point = this.scatter.pointAt(this.scatter.middle, STEP);
    if (point !== undefined && !this.decodes) this.events.onPick(point);
  }

  private goTo(onScreen: Place): void {
    this.place = this.scatter.placeAt(onScreen);
    this.scatter.mark({ place: this.place });
    this.events.onPlace(this.place);
  }

  private cross(hasCross: boolean): void {
    this.scatter.mark({ hasCross: hasCross && !this.decodes });
  }
}

function at({ clientX, clientY, currentTarget, target }: MouseEvent): Place {
  const box = ((currentTarget ?? target) as Element).getBoundingClientRect();
  return { x: clientX - box.left, y: clientY - box.top };
}
