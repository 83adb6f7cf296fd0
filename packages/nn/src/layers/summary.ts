import type { Shape } from '@weft/core';
import { sizeOf } from '@weft/core/program';
import type { Sequential } from './sequential.js';

const HEADERS: readonly string[] = ['Layer (type)', 'Output Shape', 'Param #'];
/** Widths of the columns in Keras, which longer entries widen. */
const WIDTHS: readonly number[] = [31, 22, 13];

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

/**
 * A table of a model's layers, their output shapes and their numbers of parameters, as `model.summary()` prints it in
 * Keras 3.
 */
export function summaryTable(model: Sequential): string {
  const rows = model.layers.map((layer, position) => [
    `${layer.name} (${layer.type})`,
    tuple(model.outputShapes[position]),
    grouped(model.weightsOf(position).reduce((total, { shape }) => total + sizeOf(shape), 0)),
  ]);
  const widths = WIDTHS.map((width, column) =>
    [HEADERS, ...rows].reduce((widest, row) => Math.max(widest, row[column].length), width),
  );
  const rule = (left: string, line: string, cross: string, right: string) =>
    left + widths.map((width) => line.repeat(width + 2)).join(cross) + right;
  const row = ([layer, shape, count]: readonly string[], bar: string) =>
    `${bar} ${layer.padEnd(widths[0])} ${bar} ${shape.padEnd(widths[1])} ${bar} ${count.padStart(widths[2])} ${bar}`;
  const total = model.countParameters();
  const amount = `${grouped(total)} (${bytes(4 * total)})`;
  return [
    `Model: "${model.name}"`,
    rule('┏', '━', '┳', '┓'),
    row(HEADERS, '┃'),
    rule('┡', '━', '╇', '┩'),
    rows.map((cells) => row(cells, '│')).join(`\n${rule('├', '─', '┼', '┤')}\n`),
    rule('└', '─', '┴', '┘'),
    ` Total params: ${amount}`,
    ` Trainable params: ${amount}`,
    ' Non-trainable params: 0 (0.00 B)',
  ].join('\n');
}
