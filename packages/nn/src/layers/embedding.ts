import { cast, gather, type Shape, type Tensor } from '@weft/core';
import { constraintOf } from '../constraints/constraints.js';
import { positiveInteger } from '../options/readers.js';
import type { Schema } from '../options/schema.js';
import { initializer } from '../weights/initializers.js';
import { regularizer } from '../weights/regularizers.js';
import type { WeightSpecification } from '../weights/weight.js';
import { layerOf } from './declare.js';
import { weightOf } from './weight-of.js';

const OPTIONS = {
  /** Number of tokens: they are numbered from 0 to below it. */
  inputDim: positiveInteger,
  /** Length of the vector of a token. */
  outputDim: positiveInteger,
  /** Default `randomUniform`, from -0.05 to 0.05: Keras's `uniform`. */
  embeddingsInitializer: [initializer, 'randomUniform'],
  /** A penalty on the table, a part of the loss. Without it, none. */
  embeddingsRegularizer: [regularizer, undefined],
  /** What holds for the table after each update, such as `unitNorm({ axis: 1 })`. Default: anything. */
  embeddingsConstraint: [constraintOf, undefined],
} as const satisfies Schema;

/**
 * A vector for each token, from a table that is trained: [...shape] becomes [...shape, outputDim].
 *
 * A token that the table does not have counts as the nearest one that it has; only where tokens are data of a tensor that is
 * computed is it a RangeError. The gradient is dense: each micro-batch adds to a table as large as the weight.
 *
 * @example
 * const layers = [new Embedding({ inputDim: 1000, outputDim: 16 }), new Flatten(), new Dense({ units: 1 })];
 * const model = new Sequential(layers, { inputShape: [20], inputDtype: 'int32' });
 * model.weights[0].shape; // [1000, 16]
 */
export class Embedding extends layerOf('Embedding', OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    return [...inputShape, this.outputDim];
  }

  override weightSpecifications(): readonly WeightSpecification[] {
    return [weightOf(this, 'embeddings', [this.inputDim, this.outputDim])];
  }

  call(x: Tensor, [embeddings]: readonly Tensor[]): Tensor {
    return gather(embeddings, cast(x, 'int32'));
  }
}
