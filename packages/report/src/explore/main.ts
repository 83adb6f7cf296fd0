import type { ExplorableData } from './chart.js';
import { Explorer } from './explorer.js';
import { makeSortable } from './sortable-table.js';

// The script of a page: each figure that holds its data becomes explorable, and tables that are meant to be become
// sortable. What fails for one figure leaves its picture.
for (const block of document.querySelectorAll('figure > script[type="application/json"]')) {
  const numbers = (_: string, value: unknown) => (value === null ? Number.NaN : value);
  try {
    new Explorer(block.parentElement!, JSON.parse(block.textContent!, numbers) as ExplorableData);
  } catch (error) {
    console.warn(error);
  }
}
for (const table of document.querySelectorAll<HTMLTableElement>('table[data-sortable]')) makeSortable(table);
