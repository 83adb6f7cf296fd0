import { type LineChartOptions, type Series, shortNumber } from './series.js';

/** The values of a line chart as a table: a row for each x, a column for each line. */
export function chartTable(options: LineChartOptions, series: readonly Series[], xs: readonly number[]): HTMLElement {
  const table = document.createElement('table');
  table.createCaption().textContent = options.title;
  const head = table.createTHead().insertRow();
  for (const title of [options.xLabel, ...series.map(({ name }) => name)]) {
    const cell = document.createElement('th');
    cell.scope = 'col';
    cell.textContent = title;
    head.append(cell);
  }
  const body = table.createTBody();
  for (const x of xs) {
    const row = body.insertRow();
    const name = document.createElement('th');
    name.scope = 'row';
    name.textContent = shortNumber(x);
    row.append(name);
    for (const line of series) {
      const value = line.y[line.x.indexOf(x)];
      row.insertCell().textContent = value === undefined ? '' : shortNumber(value);
    }
  }
  const scroll = document.createElement('div');
  scroll.className = 'scroll';
  // A box that scrolls must have the focus for keys to scroll it.
  scroll.tabIndex = 0;
  scroll.role = 'group';
  scroll.ariaLabel = options.title;
  scroll.append(table);
  return scroll;
}
