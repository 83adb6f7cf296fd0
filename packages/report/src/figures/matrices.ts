import { extent, max } from 'd3-array';
import { counted, formatCount, formatNumber, formatPercent } from '../text/numbers.js';
import { withoutUnit } from './axes.js';
import { requireLength, requireNumber, requireOptions, requireSome } from './checks.js';
import { composeFigure, type FigureHeading, HEADING_OPTIONS, subtitleOf } from './compose-figure.js';
import { type Figure, lowered, type Numbers } from './figure.js';
import { type Cell, heatTable } from './heat-table.js';

export interface ConfusionMatrixOptions extends FigureHeading {
  /** Examples of each true class (rows) that were put into each class (columns), [n, n], flat. */
  readonly counts: Numbers;
  /** A name for each class, at most 20. */
  readonly classNames: readonly string[];
}

export interface MatrixOptions extends FigureHeading {
  /** Names of the rows and of the columns, at most 30 each. */
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** A number for each pair, [rows, columns], flat; what is not finite is left blank. */
  readonly values: Numbers;
  /** What the numbers are, with their unit, such as `PSNR (dB)`. */
  readonly valueName: string;
  /** What the rows and the columns are, such as `Trained on` and `Tested on`. */
  readonly rowTitle?: string;
  readonly columnTitle?: string;
  /** Which number of a column is the better one: the best has a frame. */
  readonly best?: 'lowest' | 'highest';
}

const MOST_CLASSES = 20;
const MOST_NAMES = 30;
/** Up to so many classes the cells are large. */
const FEW_CLASSES = 4;
/** Positive numbers that span more than this factor have logarithmic colours. */
const LOGARITHMIC_FROM = 20;

/**
 * A confusion matrix: how many examples of each true class were put into which class, and their share of the row.
 *
 * @throws RangeError if the counts are not one for each pair of classes, a count is no whole number from 0, there are no
 * classes or more than 20, or an option is not known
 * @example
 * const options = { name: 'confusion', title: 'k-nearest neighbours', counts: [9, 1, 2, 8], classNames: ['a', 'b'] };
 * confusionMatrixFigure(options).name; // 'confusion'
 */
export function confusionMatrixFigure(options: ConfusionMatrixOptions): Figure {
  const caller = 'confusionMatrixFigure';
  const { counts, classNames } = options;
  requireOptions(caller, options, [...HEADING_OPTIONS, 'counts', 'classNames']);
  requireNumber(caller, 'the number of classNames', classNames.length, { from: 1, to: MOST_CLASSES });
  const n = classNames.length;
  requireLength(caller, 'counts', counts, n * n, `one for each pair of ${counted(n, 'class', 'classes')}`);
  const values = Array.from(counts);
  values.forEach((count, at) => {
    requireNumber(caller, `counts[${at}]`, count, { from: 0, whole: true });
  });
  const rowTotals = classNames.map((_, row) => sumOf(values.slice(row * n, (row + 1) * n)));
  const rates = values.map((count, at) => count / rowTotals[Math.floor(at / n)]);
  const cells = values.map((count, at): Cell => {
    const rate = rates[at];
    const share = Number.isNaN(rate) ? '–' : count === 0 ? '' : rate < 0.005 ? '<1 %' : formatPercent(rate, 0);
    return { shade: rate, lines: [formatCount(count), share].filter((text) => text !== '') };
  });
  const total = sumOf(rowTotals);
  const right = sumOf(classNames.map((_, row) => values[row * n + row]));
  const { complete, ...drawing } = heatTable({
    rows: classNames,
    columns: classNames,
    rowTitle: 'True class',
    columnTitle: 'Predicted class',
    cells,
    subtitle: subtitleOf(options),
    key: { title: 'Share of the row', low: '0', high: '100 %' },
    largest: n <= FEW_CLASSES ? { width: 120, height: 84 } : { width: 76, height: 60 },
  });
  const spoken = classNames.map(
    (name, row) => `${name}: ${spokenRow(classNames, values.slice(row * n, (row + 1) * n))}`,
  );
  return composeFigure(options, {
    caption: [
      `${counted(total, 'example')} by their true class (rows) and the class they were put into (columns): ${complete ? 'counts, and ' : ''}shares of the row.`,
      total > 0 ? `In all ${formatPercent(right / total)} are right.` : '',
      ...(right < total ? extremeSentences(classNames, rates, rowTotals) : []),
    ],
    description: `Table. ${spoken.join('. ')}.`,
    ...drawing,
  });
}

/**
 * A table of numbers as coloured cells: how each of one thing did with each of another.
 *
 * @throws RangeError if the values are not one for each pair of names, there are no names or more than 30, or an option
 * is not known
 * @example
 * matrixFigure({
 *   name: 'noise',
 *   title: 'Noise in training and in the test',
 *   rows: ['gaussian:0.2', 'blur:1'],
 *   columns: ['gaussian:0.2', 'blur:1'],
 *   values: [24.1, 18.2, 19.5, 26.3],
 *   valueName: 'PSNR (dB)',
 *   rowTitle: 'Trained on',
 *   columnTitle: 'Tested on',
 *   best: 'highest',
 * }).name; // 'noise'
 */
export function matrixFigure(options: MatrixOptions): Figure {
  const caller = 'matrixFigure';
  const { rows, columns, valueName, rowTitle = '', columnTitle = '', best } = options;
  const own = ['rows', 'columns', 'values', 'valueName', 'rowTitle', 'columnTitle', 'best'];
  requireOptions(caller, options, [...HEADING_OPTIONS, ...own]);
  for (const [name, names] of Object.entries({ rows, columns })) {
    requireSome(caller, name, names);
    requireNumber(caller, `the number of ${name}`, names.length, { from: 1, to: MOST_NAMES });
  }
  const count = rows.length * columns.length;
  requireLength(caller, 'values', options.values, count, `${rows.length} rows of ${columns.length}`);
  const values = Array.from(options.values);
  const finite = values.filter(Number.isFinite);
  const [low, high] = finite.length > 0 ? (extent(finite) as [number, number]) : [0, 1];
  const logarithmic = low > 0 && high / low > LOGARITHMIC_FROM;
  const position = logarithmic ? Math.log : (value: number) => value;
  const range = position(high) - position(low);
  const bestAt = best ? bestOfColumns(values, columns.length, best) : [];
  const cells = values.map((value, at): Cell => {
    if (!Number.isFinite(value)) return { shade: Number.NaN, lines: ['–'] };
    const shade = range > 0 ? (position(value) - position(low)) / range : 0.3;
    return { shade, lines: [formatNumber(value)], framed: bestAt.includes(at) };
  });
  const { body, height } = heatTable({
    rows,
    columns,
    rowTitle,
    columnTitle,
    cells,
    subtitle: subtitleOf(options),
    key: {
      title: logarithmic ? `${withoutUnit(valueName)}, log scale` : withoutUnit(valueName),
      low: formatNumber(low),
      high: formatNumber(high),
    },
    largest: { width: 104, height: 48 },
  });
  const named = (at: number) => `${rows[Math.floor(at / columns.length)]} with ${columns[at % columns.length]}`;
  return composeFigure(options, {
    caption: [
      `${valueName}${rowTitle && columnTitle ? `, ${lowered(rowTitle)} (rows) and ${lowered(columnTitle)} (columns)` : ''}.`,
      finite.length > 0
        ? `From ${formatNumber(low)} (${named(values.indexOf(low))}) to ${formatNumber(high)} (${named(values.indexOf(high))}).`
        : 'No value is a finite number.',
      best && finite.length > 0 ? `A frame marks the ${best} of each column.` : '',
      finite.length < count && finite.length > 0
        ? `${counted(count - finite.length, 'value')} not finite and left blank.`
        : '',
    ],
    description: `Table. ${rows.map((name, row) => `${name}: ${spokenNumbers(columns, values.slice(row * columns.length, (row + 1) * columns.length))}`).join('. ')}.`,
    body,
    height,
  });
}

/** The lowest share that is right, and the most frequent confusion. */
function extremeSentences(names: readonly string[], rates: readonly number[], totals: readonly number[]): string[] {
  const n = names.length;
  const filled = names.map((_, row) => row).filter((row) => totals[row] > 0);
  if (n < 2 || filled.length === 0) return [];
  const worst = filled.reduce((a, b) => (rates[b * n + b] < rates[a * n + a] ? b : a));
  const confusions = rates.flatMap((rate, at) => (Math.floor(at / n) !== at % n && rate > 0 ? [{ rate, at }] : []));
  const most = max(confusions, ({ rate }) => rate);
  const confusion = confusions.find(({ rate }) => rate === most);
  return [
    `The lowest share that is right is ${formatPercent(rates[worst * n + worst])} (${names[worst]}).`,
    confusion
      ? `The most frequent confusion: ${formatPercent(confusion.rate)} of ${names[Math.floor(confusion.at / n)]} as ${names[confusion.at % n]}.`
      : '',
  ];
}

function bestOfColumns(values: readonly number[], columns: number, best: 'lowest' | 'highest'): number[] {
  const sign = best === 'lowest' ? 1 : -1;
  return Array.from({ length: columns }, (_, column) => {
    const places = values.map((_, at) => at).filter((at) => at % columns === column && Number.isFinite(values[at]));
    return places.length === 0 ? [] : places.reduce((a, b) => (sign * values[b] < sign * values[a] ? b : a));
  }).flat();
}

function spokenRow(names: readonly string[], counts: readonly number[]): string {
  const said = counts.flatMap((count, column) => (count > 0 ? [`${formatCount(count)} as ${names[column]}`] : []));
  return said.join(', ') || 'none';
}

function spokenNumbers(names: readonly string[], values: readonly number[]): string {
  return values.map((value, column) => `${names[column]} ${formatNumber(value)}`).join(', ');
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
