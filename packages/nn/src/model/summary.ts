import type { Shape } from '@weft/core';
import { sizeOf } from '@weft/core/program';
import type { ModelWeight } from '../weights/weight.js';
import { type Block, leavesOf } from './block.js';
import type { ModelInput } from './inputs.js';
import { type Application, SymbolicTensor } from './symbolic.js';

const HEADERS: readonly string[] = ['Layer (type)', 'Output Shape', 'Param #', 'Connected to'];
/** Widths of the columns in Keras, which longer entries widen. */
const SEQUENTIAL_WIDTHS: readonly number[] = [31, 22, 13];
const FUNCTIONAL_WIDTHS: readonly number[] = [21, 19, 12, 18];

/** What a summary is made of. */
interface Summarised {
  readonly name: string;
  readonly type: string;
  readonly inputs: readonly ModelInput[];
  readonly layers: readonly Block[];
  readonly applications: readonly Application[];
  nameOf(layer: Block): string;
  countWeights(which?: 'trainable' | 'nonTrainable'): number;
}

const grouped = (count: number) => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

function bytes(count: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let size = count;
  let unit = 0;
  for (; size >= 1024 && unit < units.length - 1; unit++) size /= 1024;
  return `${size.toFixed(2)} ${units[unit]}`;
}

/** Keras writes a tuple: `(None, 784)`, and `(None,)` where there is no other axis. */
function tuple(shape: Shape): string {
  return shape.length === 0 ? '(None,)' : `(None, ${shape.join(', ')})`;
}

/** Numbers of a layer that no layer above it has counted. */
function countNew(weights: readonly ModelWeight[], counted: Set<object>): number {
  const found = weights.filter(({ weight }) => !counted.has(weight));
  for (const { weight } of found) counted.add(weight);
  return found.reduce((total, { shape }) => total + sizeOf(shape), 0);
}

/** A line for each layer: its name and kind, its first output, its weights, and what it takes. */
function rowsOf(model: Summarised): string[][] {
  const counted = new Set<object>();
  return [...new Set(model.layers)].map((layer) => {
    const uses = model.applications.filter(({ block }) => block === layer);
    const taken = uses.flatMap(({ inputs }) => leavesOf(inputs));
    const nameOf = ({ name, source }: SymbolicTensor) => (source ? model.nameOf(source.block) : name || 'input');
    const { outputs } = uses[0];
    const shapes = outputs instanceof SymbolicTensor ? [outputs] : Object.values(outputs);
    return [
      `${model.nameOf(layer)} (${layer.type})`,
      shapes.map(({ shape }) => tuple(shape)).join(', '),
      grouped(countNew(layer.listWeights(), counted)),
      taken.map(nameOf).join(', '),
    ];
  });
}

/**
 * A table of a model's layers, their output shapes and their numbers of weights, as `model.summary()` prints it in
 * Keras 3. For models that are not sequential it begins with the inputs, and says what each layer takes.
 */
export function summaryTable(model: Summarised): string {
  const isSequential = model.type === 'Sequential';
  const inputs = model.inputs.map(({ name, shape }) => [`${name} (Input)`, tuple(shape), '0', '-']);
  const columns = isSequential ? SEQUENTIAL_WIDTHS : FUNCTIONAL_WIDTHS;
  const rows = [...(isSequential ? [] : inputs), ...rowsOf(model)];
  const widths = columns.map((width, column) =>
    [HEADERS, ...rows].reduce((widest, row) => Math.max(widest, row[column].length), width),
  );
  const rule = (left: string, line: string, cross: string, right: string) =>
    left + widths.map((width) => line.repeat(width + 2)).join(cross) + right;
  const row = (cells: readonly string[], bar: string) =>
    `${bar} ${widths
      .map((width, column) => (column === 2 ? cells[column].padStart(width) : cells[column].padEnd(width)))
      .join(` ${bar} `)} ${bar}`;
  const amount = (total: number) => `${grouped(total)} (${bytes(4 * total)})`;
  return [
    `Model: "${model.name}"`,
    rule('┏', '━', '┳', '┓'),
    row(HEADERS, '┃'),
    rule('┡', '━', '╇', '┩'),
    rows.map((cells) => row(cells, '│')).join(`\n${rule('├', '─', '┼', '┤')}\n`),
    rule('└', '─', '┴', '┘'),
    ` Total params: ${amount(model.countWeights())}`,
    ` Trainable params: ${amount(model.countWeights('trainable'))}`,
    ` Non-trainable params: ${amount(model.countWeights('nonTrainable'))}`,
  ].join('\n');
}
