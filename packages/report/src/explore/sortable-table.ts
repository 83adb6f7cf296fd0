import { node } from './dom.js';

/** What a cell is sorted by; undefined where there is nothing, such as a dash or what is not a number. */
function keyOf(row: HTMLTableRowElement, column: number): number | string | undefined {
  const { dataset, textContent } = row.cells[column];
  if (dataset.order !== undefined) return Number.isNaN(Number(dataset.order)) ? undefined : Number(dataset.order);
  const text = (textContent ?? '').trim();
  return text === '' || text === '–' ? undefined : text;
}

/** Numbers before texts; digits within texts by their values. */
function compare(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
}

/** Makes the heads of a table's columns buttons that sort its rows: up, then down. Rows without a value stay last. */
export function makeSortable(table: HTMLTableElement): void {
  const body = table.tBodies[0];
  const heads = [...table.tHead!.rows[0].cells];
  const original = [...body.rows];
  const sort = (column: number) => {
    const isUp = heads[column].getAttribute('aria-sort') !== 'ascending';
    const keys = new Map(original.map((row) => [row, keyOf(row, column)]));
    const rows = [...original].sort((left, right) => {
      const [a, b] = [keys.get(left), keys.get(right)];
      if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
      return isUp ? compare(a, b) : compare(b, a);
    });
    for (const head of heads) head.removeAttribute('aria-sort');
    heads[column].setAttribute('aria-sort', isUp ? 'ascending' : 'descending');
    body.append(...rows);
  };
  for (const [column, head] of heads.entries()) {
    const text = head.textContent ?? '';
    const button = node('button', { type: 'button', title: `Sort by ${text}` }, text);
    button.addEventListener('click', () => sort(column));
    head.replaceChildren(button);
  }
}
