import type { Chart, ValuesTable } from './chart.js';
import { node } from './dom.js';

/** The numbers behind a figure, written when they are asked for. */
export function valuesDetails(chart: Chart, title: string): HTMLElement {
  const details = node('details', { class: 'values' }, node('summary', {}, `Values of “${title}”`));
  details.addEventListener('toggle', () => details.append(tableOf(chart.table())), { once: true });
  return details;
}

function tableOf({ caption, head, rows }: ValuesTable): HTMLElement {
  const headCells = head.map((text, column) => node('th', { scope: 'col', ...textClass(column) }, text));
  const bodyRows = rows.map(([first, ...others]) =>
    node('tr', {}, node('th', { scope: 'row', class: 'text' }, first), ...others.map((text) => node('td', {}, text))),
  );
  const table = node(
    'table',
    {},
    node('caption', {}, caption),
    node('thead', {}, node('tr', {}, ...headCells)),
    node('tbody', {}, ...bodyRows),
  );
  return node('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': caption }, table);
}

function textClass(column: number): Record<string, string> {
  return column === 0 ? { class: 'text' } : {};
}
