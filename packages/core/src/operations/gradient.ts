import { checkTensor, checkTensors } from '../tensor/describe.js';
import { formatShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { float32, nodeOf } from './definition.js';

/**
 * Gradients of a scalar in tensors it depends on; zeros where it does not depend on one.
 *
 * It is an operation like others, [loss, ...parameters] -> a gradient for each parameter, which the pass
 * `differentiate` replaces by the operations' gradient rules. Gradients can be differentiated again.
 *
 * @param loss a tensor of one element
 * @returns a gradient for each parameter, in their order: of a tuple, a tuple
 * @throws RangeError if the loss has more elements, or nothing is to be differentiated
 * @example
 * const x = tensor([1, 2, 3]);
 * const [gradient] = grad(sum(square(x)), [x]);
 * gradient; // [2, 4, 6]
 */
export function grad<const T extends readonly Tensor[]>(
  loss: Tensor,
  parameters: T,
): { -readonly [Position in keyof T]: Tensor } {
  checkTensor('grad', loss);
  checkTensors('grad', 'the tensors to differentiate in', parameters);
  if (loss.size !== 1) {
    throw new RangeError(
      `grad: the loss must be one number, got shape ${formatShape(loss.shape)}. Take its mean or sum first.`,
    );
  }
  if (parameters.length === 0) throw new RangeError('grad: name at least one tensor to differentiate in.');
  for (const { dtype } of parameters) {
    if (dtype !== 'float32') throw new TypeError(`grad: a gradient needs float32, got ${dtype}.`);
  }
  const types = parameters.map((parameter) => float32(parameter.shape));
  return nodeOf('gradient', [loss, ...parameters], {}, types) as { -readonly [Position in keyof T]: Tensor };
}
