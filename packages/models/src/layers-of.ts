import { sizeOf } from '@weft/core/program';
import { BaseModel, SymbolicTensor } from '@weft/nn';

/** A layer as tables and diagrams name it. */
export interface ListedLayer {
  /** With the names of the models around it, such as `encoder/enc_conv1`. */
  readonly name: string;
  /** Its class, such as `Conv2D`. */
  readonly type: string;
  /** Shape of one example, without the batch. */
  readonly outputShape: readonly number[];
  /** Its number of weights. */
  readonly parameters: number;
}

/**
 * The layers of a model in the order in which they are called first, also those of models within it.
 *
 * @example
 * const { model } = convAutoencoder({ height: 28, width: 28 });
 * const [first] = layersOf(model);
 * [first.name, first.outputShape]; // ['enc_conv1', [28, 28, 32]]
 */
export function layersOf(model: BaseModel): ListedLayer[] {
  const seen = new Set<object>();
  return model.applications.flatMap(({ block, outputs }) => {
    if (seen.has(block)) return [];
    seen.add(block);
    const name = model.nameOf(block);
    if (block instanceof BaseModel) {
      return layersOf(block).map((inner) => ({ ...inner, name: `${name}/${inner.name}` }));
    }
    const parameters = block.listWeights().reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    const outputShape = outputs instanceof SymbolicTensor ? [...outputs.shape] : [];
    return [{ name, type: block.type, outputShape, parameters }];
  });
}
