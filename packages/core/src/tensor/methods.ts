import * as compositions from '../compositions/index.js';
import * as operations from '../operations/index.js';
import { Tensor } from './tensor.js';

type Operations = typeof operations & typeof compositions;

/** Operations that are no methods: a tensor is not their first operand, or not their result. */
const NO_METHODS = ['concatenate', 'grad', 'random', 'split', 'stack'] as const satisfies readonly (keyof Operations)[];

/** The operations that are methods, too: `x.add(y)` is `add(x, y)`. */
type MethodName = Exclude<keyof Operations, (typeof NO_METHODS)[number]>;

// biome-ignore lint/suspicious/noExplicitAny: only the first parameter is looked at.
type Rest<F> = F extends (x: any, ...rest: infer R) => unknown ? R : never;

/** Operations as methods of their first argument. */
export type TensorMethods = {
  [Name in MethodName]: (...rest: Rest<Operations[Name]>) => Tensor;
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
  for (const [name, operation] of Object.entries({ ...operations, ...compositions })) {
    if (NO_METHODS.some((other) => other === name)) continue;
    Object.defineProperty(Tensor.prototype, name, {
      configurable: true,
      writable: true,
      value(this: Tensor, ...rest: unknown[]) {
        return (operation as (...all: unknown[]) => Tensor)(this, ...rest);
      },
    });
  }
}
