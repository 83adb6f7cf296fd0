import { element } from '../shared/element.js';
import { paintGrey } from '../shared/paint.js';
import { type Point, stroke } from './brush.js';
import { SIDE } from './calls.js';

const MOVES: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** The canvas that the visitor draws on, with pointer or keys. */
export class Drawing {
  readonly image = new Uint8Array(SIDE * SIDE);
  private readonly canvas = element('drawing', HTMLCanvasElement);
  private readonly board = element('board', HTMLDivElement);
  private readonly cursor = element('cursor', HTMLSpanElement);
  private readonly pen = element('pen', HTMLButtonElement);
  private readonly eraser = element('eraser', HTMLButtonElement);
  private erases = false;
  /** Where the pointer was, while it draws. */
  private last: Point | undefined;
  /** Middle of the pixel that keys draw. */
  private place: Point = { x: SIDE / 2 + 0.5, y: SIDE / 2 + 0.5 };

  constructor(private readonly changed: () => void) {
    this.board.tabIndex = 0;
    this.pen.addEventListener('click', () => this.choose(false));
    this.eraser.addEventListener('click', () => this.choose(true));
    this.canvas.addEventListener('pointerdown', (event) => this.begin(event));
    this.canvas.addEventListener('pointermove', (event) => this.move(event));
    for (const end of ['pointerup', 'pointercancel']) this.canvas.addEventListener(end, () => this.end());
    this.board.addEventListener('keydown', (event) => this.press(event));
    this.board.addEventListener('blur', () => {
      this.cursor.hidden = true;
    });
  }

  /** Shows another picture. */
  set(image: Uint8Array): void {
    this.image.set(image);
    this.show();
  }

  private show(): void {
    paintGrey(this.canvas, this.image, 255);
    this.changed();
  }

  private choose(erases: boolean): void {
    this.erases = erases;
    this.pen.ariaPressed = String(!erases);
    this.eraser.ariaPressed = String(erases);
  }

  private begin(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.board.focus({ focusVisible: false } as FocusOptions);
    this.canvas.setPointerCapture(event.pointerId);
    this.cursor.hidden = true;
    this.last = this.pointOf(event);
    this.draw(this.last, this.last);
  }

  private move(event: PointerEvent): void {
    if (!this.last) return;
    // Places between two events too, where the browser has them: curves stay round.
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length > 0 ? events : [event]) {
      const point = this.pointOf(each);
      stroke(this.image, SIDE, this.last, point, this.erases);
      this.last = point;
    }
    this.show();
  }

  private end(): void {
    this.last = undefined;
  }

  private draw(from: Point, to: Point): void {
    stroke(this.image, SIDE, from, to, this.erases);
    this.show();
  }

  private press(event: KeyboardEvent): void {
    const move = MOVES[event.key];
    if (!move && event.key !== ' ') return;
    event.preventDefault();
    const from = this.place;
    if (move) {
      const within = (value: number) => Math.max(0.5, Math.min(SIDE - 0.5, value));
      this.place = { x: within(from.x + move.x), y: within(from.y + move.y) };
    }
    if (!move || event.shiftKey) this.draw(move ? from : this.place, this.place);
    this.cursor.hidden = false;
    this.cursor.style.left = `${((this.place.x - 0.5) / SIDE) * 100}%`;
    this.cursor.style.top = `${((this.place.y - 0.5) / SIDE) * 100}%`;
  }

  private pointOf({ clientX, clientY }: MouseEvent): Point {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return { x: ((clientX - left) / width) * SIDE, y: ((clientY - top) / height) * SIDE };
  }
}
