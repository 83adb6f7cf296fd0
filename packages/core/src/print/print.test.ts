import { expect, it } from 'vitest';
import { fuse } from '../fuse/fuse.js';
import { sum } from '../operations/broadcast.js';
import { placeholder } from '../operations/definition.js';
import { add, relu } from '../operations/elementwise.js';
import { matmul } from '../operations/matmul.js';
import { explain } from '../run/explain.js';
import { trace } from '../trace/trace.js';
import { print } from './print.js';

const leaf = (...shape: number[]) => placeholder({ shape, dtype: 'float32' }, 'x');

function layer() {
  const inputs = [leaf(8, 4), leaf(32, 4), leaf(32)];
  const [x, weight, bias] = inputs;
  return trace([sum(relu(add(matmul(x, weight, { transposeB: true }), bias)), 0)], inputs).program;
}

it('a program is printed with one operation a line, its operands, attributes and types, and its counters', () => {
  expect(print(layer())).toBe(`\
%0 = input : float32[8,4]
%1 = input : float32[32,4]
%2 = input : float32[32]
%3 = matmul(%0, %1 transposed) : float32[8,32]
%4 = broadcast(%2) : float32[8,32]
%5 = add(%3, %4) : float32[8,32]
%6 = relu(%5) : float32[8,32]
%7 = sum(%6; axes [0]) : float32[32]
outputs %7

5 operations: add 1, broadcast 1, matmul 1, relu 1, sum 1
4,864 bytes read, 4,224 written, 1,024 multiplications with additions
`);
});

it('kernels are printed with their bodies', () => {
  expect(print(fuse(layer()))).toContain(`\
%6 = kernel matmul(%0, %1, %2) : float32[8,32]
    %0 = input : float32[8,4]
    %1 = input : float32[32,4]
    %2 = input : float32[32]
    %3 = matmul(%0, %1 transposed) : float32[8,32]
    %4 = broadcast(%2) : float32[8,32]
`);
});

it('a program is explained from what is traced to kernels, and what is lowered already from there', () => {
  const passes = explain(layer());
  expect(passes.map(({ name }) => name)).toEqual([
    'trace',
    'simplify',
    'canonicalise',
    'lower convolutions',
    'differentiate',
    'lower groups',
    'simplify',
    'transpose factors',
    'simplify',
    'fuse',
    'schedule',
    'pack factors',
  ]);
  expect(passes.at(-1)?.counts.operations).toEqual({ transpose: 1, matmul: 1, loop: 1 });
  const lowered = passes[7].program;
  expect(explain(lowered, { isLowered: true }).at(-1)?.program).toEqual(passes.at(-1)?.program);
});
