import { Conv2D, Dense, type Sequential } from '@weft/nn';

/** Multiply-accumulates of one example by the direct algorithms: what layers are defined by, not what is computed. */
export interface NominalWork {
  readonly forward: number;
  /** Forward, and the gradients in weights and inputs; the first layer's input needs none. */
  readonly step: number;
}

/** Counts the products of a model's convolutions and dense layers. Activations, pooling and updates count nothing. */
export function nominalWork({ layers, inputShape, outputShapes }: Sequential): NominalWork {
  const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  let [forward, step] = [0, 0];
  layers.forEach((layer, position) => {
    const input = position === 0 ? inputShape : outputShapes[position - 1];
    const channels = input[input.length - 1];
    const perOutput =
      layer instanceof Conv2D ? channels * sizeOf(layer.kernelSize) : layer instanceof Dense ? channels : 0;
    const products = sizeOf(outputShapes[position]) * perOutput;
    step += products * (forward === 0 ? 2 : 3);
    forward += products;
  });
  return { forward, step };
}
