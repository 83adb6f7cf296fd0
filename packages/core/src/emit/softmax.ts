import { restore, sum } from '../operations/broadcast.js';
import { placeholder } from '../operations/definition.js';
import { div, exp, log, sub } from '../operations/elementwise.js';
import { max } from '../operations/reductions.js';
import { type Shape, sizeOf } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import type { Program } from '../trace/program.js';
import { trace } from '../trace/trace.js';
import { type Kernel, kernelParameters } from './kernel.js';
import { emitLoop } from './loop.js';
import type { ModuleBuilder } from './module.js';
import { keepAddress } from './pairs.js';

/** Elements that are taken through all steps before the next: few enough for the innermost cache. */
const BLOCK = 2048;

/** A loop over the rows of a block, and the arrays that it reads and writes. */
interface Step {
  readonly inputs: readonly ArrayName[];
  readonly outputs: readonly ArrayName[];
  build(...inputs: Tensor[]): Tensor[];
}
type ArrayName = 'x' | 'y' | 'largest' | 'total';

/** The steps of a block of rows. */
function stepsOf(kind: string, shape: Shape): Step[] {
  const repeated = (row: Tensor) => restore(row, shape, [1]);
  const largest: Step = { inputs: ['x'], outputs: ['largest'], build: (x) => [max(x, 1)] };
  const powers: Pick<Step, 'inputs' | 'outputs'> = { inputs: ['x', 'largest'], outputs: ['y', 'total'] };
  if (kind === 'softmax') {
    const build: Step['build'] = (x, most) => {
      const power = exp(sub(x, repeated(most)));
      return [power, sum(power, 1)];
    };
    const divide: Step['build'] = (y, total) => [div(y, repeated(total))];
    return [largest, { ...powers, build }, { inputs: ['y', 'total'], outputs: ['y'], build: divide }];
  }
  const build: Step['build'] = (x, most) => {
    const distance = sub(x, repeated(most));
    return [distance, sum(exp(distance), 1)];
  };
  return [
    largest,
    { ...powers, build },
    { inputs: ['total'], outputs: ['largest'], build: (total) => [log(total)] },
    { inputs: ['y', 'largest'], outputs: ['y'], build: (y, logarithm) => [sub(y, repeated(logarithm))] },
  ];
}

/** The largest multiple of rows that divides them all and fits into a block. */
function rowsOfBlock(rows: number, length: number): number {
  let most = Math.max(1, Math.min(rows, Math.floor(BLOCK / length)));
  while (rows % most !== 0) most--;
  return most;
}

/** Softmax, or its logarithm, of rows: a block of rows goes through all steps before the next. */
export function emitSoftmax(module: ModuleBuilder, body: Program, name: string): Kernel {
  const [{ name: kind, inputs }] = body.operations.filter((each) => each.name.endsWith('oftmax'));
  const { shape } = body.values[inputs[0]];
  const length = shape[shape.length - 1];
  const rows = sizeOf(shape) / length;
  const block = rowsOfBlock(rows, length);
  const steps = stepsOf(kind, [block, length]).map((step) => {
    const operands = step.inputs.map((array) =>
      placeholder({ shape: array === 'x' || array === 'y' ? [block, length] : [block], dtype: 'float32' }, array),
    );
    const { program } = trace(step.build(...operands), operands);
    return { ...step, kernel: emitLoop(module, program, `${kind}_step ${JSON.stringify(program)}`) };
  });
  const numbers = Math.ceil((block * 4) / 16) * 16;
  const callee = module.define(name, kernelParameters(body), (f, workspace, from, to) => {
    const [x, y] = [keepAddress(f, from), keepAddress(f, to)];
    const [largest, total, scratch] = [0, 1, 2].map((which) => keepAddress(f, workspace, which * numbers));
    const arrays = { x, y, largest, total };
    f.repeat(rows / block, () => {
      for (const step of steps) {
        f.get(scratch);
        for (const array of [...step.inputs, ...step.outputs]) f.get(arrays[array]);
        f.call(step.kernel.callee);
      }
      for (const pointer of [x, y]) f.increase(pointer, block * length * 4);
    });
  });
  return { callee, workspace: 2 * numbers + Math.max(...steps.map(({ kernel }) => kernel.workspace)) };
}
