import { countProgram } from '../fuse/counters.js';
import type { KernelAttributes } from '../fuse/kernels.js';
import { formatShape } from '../tensor/shape.js';
import type { Attributes } from '../tensor/tensor.js';
import type { Operation, Program } from '../trace/program.js';

/**
 * A program as text, for reading: one operation a line, kernels with their bodies indented, and what it takes to run it
 * at the end.
 *
 *     %5 = matmul(%3, %4 transposed) : float32[8,32]
 *
 * @example
 * const x = placeholder({ shape: [3], dtype: 'float32' }, 'x');
 * const lines = print(trace([exp(x)]).program).split('\n');
 * lines[0]; // '%0 = input : float32[3]'
 */
export function print(program: Program): string {
  return `${[...linesOf(program, ''), ...countLines(program)].join('\n')}\n`;
}

function linesOf({ values, inputs, operations, outputs }: Program, indent: string): string[] {
  const typeOf = (value: number) => `${values[value].dtype}${formatShape(values[value].shape)}`;
  const lines = inputs.map((value) => `${indent}%${value} = input : ${typeOf(value)}`);
  for (const operation of operations) {
    const results = operation.outputs.map((value) => `%${value}`).join(', ');
    const types = operation.outputs.map(typeOf).join(', ');
    lines.push(`${indent}${results} = ${expressionOf(operation)} : ${types}`);
    if (operation.name === 'kernel') {
      lines.push(...linesOf((operation.attributes as KernelAttributes).body, `${indent}    `));
    }
  }
  lines.push(`${indent}outputs ${outputs.map((value) => `%${value}`).join(', ')}`);
  return lines;
}

/** `matmul(%3, %4 transposed)`, `sum(%3; axes [0,1])`. */
function expressionOf({ name, inputs, attributes }: Operation): string {
  const kernel = name === 'kernel' ? (attributes as KernelAttributes) : undefined;
  const isTransposed = [attributes.transposeA, attributes.transposeB];
  const operands = inputs.map((value, which) => `%${value}${isTransposed[which] === true ? ' transposed' : ''}`);
  const details = kernel ? [] : detailsOf(attributes);
  const list = [operands.join(', '), details.join(', ')].filter((part) => part !== '').join('; ');
  return `${kernel ? `kernel ${kernel.kind}` : name}(${list})`;
}

/** The attributes that neither the operands nor the types say. */
function detailsOf(attributes: Attributes): string[] {
  return Object.entries(attributes).flatMap(([key, value]) => {
    if (key === 'shape' || key.startsWith('transpose') || value === false || value === undefined) return [];
    if (key === 'value') return [String(value)];
    return [value === true ? key : `${key} ${formatValue(value)}`];
  });
}

/** Short text for an attribute: of matrices, their sizes. */
function formatValue(value: unknown): string {
  if (Array.isArray(value)) {
    const [first] = value;
    const isMatrix = Array.isArray(first) && value.length * first.length > 4;
    return isMatrix ? `${value.length}x${first.length}` : `[${value.map(formatValue).join(',')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => `${key} ${formatValue(inner)}`);
    return `{${entries.join(', ')}}`;
  }
  return String(value);
}

function countLines(program: Program): string[] {
  const { operations, bytesRead, bytesWritten, multiplyAccumulates } = countProgram(program);
  const number = (value: number) => value.toLocaleString('en-US');
  const kinds = Object.entries(operations).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const total = kinds.reduce((sum, [, count]) => sum + count, 0);
  return [
    '',
    `${number(total)} operations: ${kinds.map(([kind, count]) => `${kind} ${count}`).join(', ') || 'none'}`,
    `${number(bytesRead)} bytes read, ${number(bytesWritten)} written, ${number(multiplyAccumulates)} multiplications with additions`,
  ];
}
