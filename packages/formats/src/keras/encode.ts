import type { BaseModel } from '@weft/nn';
import { encodeModel } from '../model.js';
import type { Data } from './entry.js';
import { LOADER } from './loader.js';
import { kerasPlan } from './to-config.js';

/** A model for Keras: two files of the same name but for their endings, side by side. */
export interface KerasFiles {
  /** For `NAME.safetensors`, which is also a file of Weft. */
  readonly weights: Uint8Array<ArrayBuffer>;
  /** For `NAME.py`, whose `load()` gives the model. */
  readonly script: string;
}

/**
 * A model as a safetensors file, and a Python module that builds it from there in Keras 3, for inference and training. It
 * needs no other package than Keras and NumPy.
 *
 * @param metadata texts of your own
 * @throws KerasError that lists all layers that Keras does not have; as `encodeModel`
 * @example
 * const model = new Sequential([new Dense({ units: 1 })], { inputShape: [2] });
 * const { weights, script } = encodeKeras(model);
 * decodeModel(weights).model.outputShape; // [1]
 */
export function encodeKeras(model: BaseModel, metadata: Readonly<Record<string, string>> = {}): KerasFiles {
  const texts = {
    ...metadata,
    'keras.model': JSON.stringify(kerasPlan(model.config() as unknown as Data)),
    'keras.weights': JSON.stringify(model.weights.map(({ path }) => path)),
  };
  return { weights: encodeModel(model, texts), script: LOADER };
}
