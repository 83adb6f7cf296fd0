import type { RandomStream } from '@weft/core';
import { fromOnnx, OnnxError, toOnnx } from '@weft/formats/onnx';
import {
  AveragePooling2D,
  BatchNormalization,
  Conv2D,
  Conv2DTranspose,
  Dense,
  Flatten,
  type Layer,
  LeakyReLU,
  MaxPooling2D,
  Reshape,
  Resizing,
  Sequential,
  Softmax,
  UpSampling2D,
} from '@weft/nn';
import { between, HOSTILE_TEXTS, happens, mutate, pick } from '../mutate.js';
import { type Drawn, mustHold, type Target } from '../target.js';

/** Layers that fit images of 4 x 4. */
function anyModel(random: RandomStream): Sequential {
  const image = Array.from({ length: between(random, 1, 4) }, () =>
    pick<() => Layer>(random, [
      () => new Conv2D({ filters: between(random, 1, 3), kernelSize: between(random, 1, 3), padding: 'same' }),
      () => new Conv2DTranspose({ filters: 2, kernelSize: 2, padding: 'same' }),
      () => new MaxPooling2D({ poolSize: 2, strides: 1, padding: 'same' }),
      () => new AveragePooling2D({ poolSize: 2, strides: 1, padding: 'same' }),
      () => new BatchNormalization(),
      () => new LeakyReLU(),
      () => new UpSampling2D(),
      () => new Resizing({ height: 3, width: 5 }),
      () => new Softmax(),
    ])(),
  );
  const flat = [new Flatten(), new Dense({ units: 4, activation: 'tanh' }), new Reshape({ targetShape: [2, -1] })];
  const layers = [...image, ...(happens(random, 0.5) ? flat : [])];
  return new Sequential(layers, { inputShape: [4, 4, 1], seed: random.integer(1000) });
}

/** The bytes of a length-delimited field, with a length that may be a lie. */
const field = (number: number, body: Uint8Array, length = body.length): Uint8Array =>
  Uint8Array.from([...varint(number * 8 + 2), ...varint(length), ...body]);

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

/** Messages in messages, or very many of nothing: what takes two bytes in the file must not take much more in memory. */
function bomb(random: RandomStream): Uint8Array {
  const count = between(random, 1, 3000);
  if (happens(random, 0.5)) {
    const empty = Uint8Array.from({ length: 2 * count }, (_, at) => (at % 2 === 0 ? pick(random, [10, 42, 90]) : 0));
    return field(7, empty, happens(random, 0.2) ? 2 ** 31 - 1 : empty.length);
  }
  let nested = new Uint8Array(0);
  for (let depth = 0; depth < Math.min(count, 400); depth++) nested = Uint8Array.from(field(7, nested));
  return nested;
}

const comparable = ({ model, metadata }: ReturnType<typeof fromOnnx>) => ({
  metadata,
  weights: model.weights.map(({ path, data }) => ({ path, data: [...data] })),
});

export const onnx: Target = {
  name: 'onnx',
  draw(random): Drawn {
    const options = { opset: between(random, 13, 26), metadata: { note: pick(random, HOSTILE_TEXTS) } };
    const bytes = toOnnx(anyModel(random), options);
    if (happens(random, 0.2)) return { bytes, expected: comparable(fromOnnx(bytes)) };
    return { bytes: happens(random, 0.1) ? bomb(random) : mutate(bytes, random) };
  },
  read(bytes) {
    const imported = fromOnnx(bytes);
    mustHold(imported.model.countWeights() * 4 <= 8 * bytes.length + 4096, 'the model has more weights than the file');
    return comparable(imported);
  },
  isLawful: (error) => error instanceof OnnxError && error.message.length < 10_000,
  // Programs are traced for two batches, in which each operation is an object.
  allowance: (bytes) => 64 * bytes.length + 16 * 2 ** 20,
};
