import type { Direction, Place } from './chart.js';

/** What pointers, wheel and keys ask for. Places and distances are in pixels of the figure's body. */
export interface Gestures {
  zooms(): boolean;
  isZoomed(): boolean;
  placeOf(pointer: { clientX: number; clientY: number }): Place;
  hover(place: Place | undefined): void;
  pick(place: Place): void;
  /** About a place; without one about what is marked. */
  zoom(factor: number, place?: Place): void;
  drag(by: Place): void;
  step(direction: Direction): void;
  enter(): void;
  escape(): void;
}

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};
/** What a key enlarges by. */
const STEP = 1.6;
/** Wheels tell pixels, lines or pages. */
const WHEEL_PIXELS = [1, 16, 400];
/** Pixels of the screen up to which a pointer has not been moved. */
const STILL = 4;

/** Listens to an element. One finger scrolls the page until the plot is enlarged; then it moves the plot. */
export function listenToGestures(stage: HTMLElement, gestures: Gestures): void {
  listenToPointers(stage, gestures);
  stage.addEventListener('dblclick', (event) => gestures.zoom(2, gestures.placeOf(event)));
  stage.addEventListener(
    'wheel',
    (event) => {
      const isMeant = event.ctrlKey || event.metaKey || document.activeElement === stage;
      if (!gestures.zooms() || !isMeant || (event.deltaY > 0 && !gestures.isZoomed())) return;
      event.preventDefault();
      const turned = event.deltaY * WHEEL_PIXELS[event.deltaMode] * (event.ctrlKey ? 4 : 1);
      gestures.zoom(2 ** (-Math.max(-400, Math.min(400, turned)) / 400), gestures.placeOf(event));
    },
    { passive: false },
  );
  stage.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!press(event.key, gestures)) return;
    event.preventDefault();
  });
  stage.addEventListener('blur', () => gestures.hover(undefined));
}

/** Whether a key did something. */
function press(key: string, gestures: Gestures): boolean {
  const direction = ARROWS[key];
  if (direction) gestures.step(direction);
  else if (key === 'Enter' || key === ' ') gestures.enter();
  else if (key === 'Escape') gestures.escape();
  else if (gestures.zooms() && (key === '+' || key === '=')) gestures.zoom(STEP);
  else if (gestures.zooms() && (key === '-' || key === '_')) gestures.zoom(1 / STEP);
  else return false;
  return true;
}

function listenToPointers(stage: HTMLElement, gestures: Gestures): void {
  const down = new Map<number, PointerEvent>();
  let start: PointerEvent | undefined;
  let isMoved = false;
  stage.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    down.set(event.pointerId, event);
    [start, isMoved] = [event, down.size > 1];
  });
  stage.addEventListener('pointermove', (event) => {
    const before = down.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== 'touch') gestures.hover(gestures.placeOf(event));
      return;
    }
    const others = [...down.values()].filter(({ pointerId }) => pointerId !== event.pointerId);
    isMoved ||= Math.hypot(event.clientX - start!.clientX, event.clientY - start!.clientY) > STILL;
    if (others.length > 0) pinch(before, event, others[0], gestures);
    else if (isMoved && gestures.isZoomed()) {
      // From now on the pointer belongs to the plot, also outside of it.
      stage.setPointerCapture(event.pointerId);
      const [from, to] = [before, event].map((each) => gestures.placeOf(each));
      gestures.drag({ x: to.x - from.x, y: to.y - from.y });
    }
    if (isMoved || others.length > 0) down.set(event.pointerId, event);
  });
  stage.addEventListener('pointerup', (event) => {
    if (down.delete(event.pointerId) && !isMoved) gestures.pick(gestures.placeOf(event));
  });
  stage.addEventListener('pointercancel', (event) => down.delete(event.pointerId));
  stage.addEventListener('pointerleave', (event) => {
    down.delete(event.pointerId);
    if (event.pointerType !== 'touch') gestures.hover(undefined);
  });
}

/** Two fingers: the plot grows as far as they go apart, about the place between them. */
function pinch(before: PointerEvent, after: PointerEvent, other: PointerEvent, gestures: Gestures): void {
  if (!gestures.zooms()) return;
  const apart = (event: PointerEvent) => Math.hypot(event.clientX - other.clientX, event.clientY - other.clientY);
  const middle = { clientX: (after.clientX + other.clientX) / 2, clientY: (after.clientY + other.clientY) / 2 };
  if (apart(before) > 0) gestures.zoom(apart(after) / apart(before), gestures.placeOf(middle));
}
