import { shortNumber } from '../shared/chart/series.js';
import { element } from '../shared/element.js';
import { classOf, type Explored, errorText } from './explored.js';
import { type Order, ordered } from './order.js';
import { spriteOf } from './sprite.js';

/** Rows that are made at a time. */
const ROWS = 20;

const body = element('rows', HTMLTableSectionElement);
const more = element('more', HTMLButtonElement);
const order = element('order', HTMLSelectElement);

/** The images that are shown as a table: the plane for those who do not see it, and outliers first for all. */
export class ImageList {
  private indices: Uint32Array = new Uint32Array(0);
  private of: Explored | undefined;

  /** @param onChoose is told an image that was chosen */
  constructor(private readonly onChoose: (image: number) => void) {
    more.addEventListener('click', () => {
      const first = body.rows.length;
      this.addRows();
      // Where the button is gone, or far below, the keyboard goes on at the first new row.
      body.rows[first]?.querySelector('button')?.focus();
    });
    order.addEventListener('change', () => this.of && this.show(this.of));
  }

  /** Lists what is shown now, from the beginning. */
  show(of: Explored): void {
    this.of = of;
    element('class-column', HTMLTableCellElement).hidden = of.exploration.labels === undefined;
    this.indices = ordered(of.exploration.errors, of.points.isShown, order.value as Order);
    body.replaceChildren();
    this.addRows();
  }

  private addRows(): void {
    if (!this.of) return;
    const first = body.rows.length;
    for (const image of this.indices.subarray(first, first + ROWS)) this.addRow(this.of, image);
    const left = this.indices.length - body.rows.length;
    more.hidden = left === 0;
    more.textContent = `More pictures (${left.toLocaleString('en')} left)`;
  }

  private addRow(of: Explored, image: number): void {
    const { exploration, points } = of;
    const row = body.insertRow();
    const head = document.createElement('th');
    head.scope = 'row';
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'link number';
    button.textContent = String(image);
    button.setAttribute('aria-label', `Image ${image}`);
    button.addEventListener('click', () => this.onChoose(image));
    head.append(button);
    row.append(head);
    row.insertCell().append(spriteOf(exploration.originals, image, exploration));
    row.insertCell().append(spriteOf(exploration.reconstructions, image, exploration));
    const name = classOf(of, image);
    if (name !== undefined) Object.assign(row.insertCell(), { className: 'class', textContent: name });
    for (const value of [
      errorText(exploration.errors[image]),
      ...[points.xs, points.ys].map((axis) => shortNumber(axis[image])),
    ]) {
      row.insertCell().textContent = value;
    }
  }
}
