import { broadcastTo, sum } from '../operations/broadcast.js';
import { cast } from '../operations/cast.js';
import { conv2d } from '../operations/conv2d.js';
import * as elementwise from '../operations/elementwise.js';
import { argMax, logSumExp, oneHot } from '../operations/indices.js';
import { matmul } from '../operations/matmul.js';
import { avgPool2d, maxPool2d } from '../operations/pooling.js';
import { max, mean } from '../operations/reductions.js';
import { reshape, transpose } from '../operations/reshape.js';
import { takeRows } from '../operations/rows.js';
import { pad, slice } from '../operations/slice.js';
import { stopGradient } from '../operations/stop-gradient.js';
import { upsample2d } from '../operations/upsample2d.js';
import { Tensor } from './tensor.js';

/** The operations that are methods, too: `x.add(y)` is `add(x, y)`. A function, since modules import one another. */
function operations() {
  const { elementwiseDefinitions: _, ...arithmetic } = elementwise;
  return {
    ...arithmetic,
    argMax,
    avgPool2d,
    broadcastTo,
    cast,
    conv2d,
    logSumExp,
    matmul,
    max,
    maxPool2d,
    mean,
    oneHot,
    pad,
    reshape,
    slice,
    stopGradient,
    sum,
    takeRows,
    transpose,
    upsample2d,
  };
}

type Operations = ReturnType<typeof operations>;
// biome-ignore lint/suspicious/noExplicitAny: only the first parameter is looked at.
type Rest<F> = F extends (x: any, ...rest: infer R) => unknown ? R : never;

/** Operations as methods of their first argument. */
export type TensorMethods = {
  [Name in keyof Operations]: (...rest: Rest<Operations[Name]>) => Tensor;
};

declare module './tensor.js' {
  interface Tensor extends TensorMethods {}
}

let isInstalled = false;

/**
 * Gives tensors their methods. It is called where the first tensor is made, so that importing has no side effect and
 * bundlers may drop what is not used.
 */
export function installMethods(): void {
  if (isInstalled) return;
  isInstalled = true;
  for (const [name, operation] of Object.entries(operations())) {
    Object.defineProperty(Tensor.prototype, name, {
      configurable: true,
      writable: true,
      value(this: Tensor, ...rest: unknown[]) {
        return (operation as (...all: unknown[]) => Tensor)(this, ...rest);
      },
    });
  }
}
