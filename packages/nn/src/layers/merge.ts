import { add, div, maximum, minimum, mul, type Shape, sub, type Tensor } from '@weft/core';
import { formatShape } from '@weft/core/program';
import { type DeclaredClass, type DeclaredLayer, mergingLayerOf } from './declare.js';
import { checkSeveral } from './options.js';

type Options = Record<never, never>;

interface ElementwiseMerge extends DeclaredLayer<readonly Tensor[]> {
  outputShape(shapes: readonly Shape[]): Shape;
}

/** A layer of several inputs, whose elements at the same place meet. */
// @__NO_SIDE_EFFECTS__
function elementwiseMergeOf(type: string): DeclaredClass<Options, ElementwiseMerge> {
  abstract class ElementwiseMerge extends mergingLayerOf(type, {}) {
    outputShape(shapes: readonly Shape[]): Shape {
      checkSeveral(this.label, shapes);
      return shapes[0].map((_, axis) => {
        const lengths = new Set(shapes.map((shape) => shape[axis]).filter((length) => length !== 1));
        if (lengths.size <= 1) return [...lengths][0] ?? 1;
        throw new RangeError(
          `${this.label}: the inputs ${shapes.map(formatShape).join(' and ')} differ. Axes must have the same length, or 1.`,
        );
      });
    }
  }
  return ElementwiseMerge;
}

/**
 * The sum of several inputs, element by element. Axes of length 1 are repeated.
 *
 * @example
 * const x = input({ shape: [8] });
 * new Add().apply([x, new Dense({ units: 8 }).apply(x)]).shape; // [8]
 */
export class Add extends elementwiseMergeOf('Add') {
  call(inputs: readonly Tensor[]): Tensor {
    return inputs.reduce((total, x) => add(total, x));
  }
}

/**
 * The first of two inputs less the second, element by element. Axes of length 1 are repeated.
 *
 * @example
 * new Subtract().call([tensor([[3, 5]]), tensor([[1, 2]])]); // [[2, 3]]
 */
export class Subtract extends elementwiseMergeOf('Subtract') {
  override outputShape(shapes: readonly Shape[]): Shape {
    if (Array.isArray(shapes) && shapes.length > 2) {
      throw new RangeError(`${this.label}: expected two inputs, got ${shapes.length}.`);
    }
    return super.outputShape(shapes);
  }

  call([first, second]: readonly Tensor[]): Tensor {
    return sub(first, second);
  }
}

/**
 * The product of several inputs, element by element. Axes of length 1 are repeated.
 *
 * @example
 * new Multiply().call([tensor([[3, 5]]), tensor([[1, 2]])]); // [[3, 10]]
 */
export class Multiply extends elementwiseMergeOf('Multiply') {
  call(inputs: readonly Tensor[]): Tensor {
    return inputs.reduce((product, x) => mul(product, x));
  }
}

/**
 * The mean of several inputs, element by element. Axes of length 1 are repeated.
 *
 * @example
 * new Average().call([tensor([[3, 5]]), tensor([[1, 2]])]); // [[2, 3.5]]
 */
export class Average extends elementwiseMergeOf('Average') {
  call(inputs: readonly Tensor[]): Tensor {
    return div(
      inputs.reduce((total, x) => add(total, x)),
      inputs.length,
    );
  }
}

/**
 * The largest of several inputs, element by element. Axes of length 1 are repeated.
 *
 * @example
 * new Maximum().call([tensor([[3, 5]]), tensor([[4, 2]])]); // [[4, 5]]
 */
export class Maximum extends elementwiseMergeOf('Maximum') {
  call(inputs: readonly Tensor[]): Tensor {
    return inputs.reduce((largest, x) => maximum(largest, x));
  }
}

/**
 * The smallest of several inputs, element by element. Axes of length 1 are repeated.
 *
 * @example
 * new Minimum().call([tensor([[3, 5]]), tensor([[4, 2]])]); // [[3, 2]]
 */
export class Minimum extends elementwiseMergeOf('Minimum') {
  call(inputs: readonly Tensor[]): Tensor {
    return inputs.reduce((smallest, x) => minimum(smallest, x));
  }
}
