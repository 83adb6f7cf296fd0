import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RandomStream } from '@weft/core';
import {
  ArchitectureMismatchError,
  decodeSafetensors,
  encodeModel,
  encodeSafetensors,
  SafetensorsError,
} from '@weft/formats';
import {
  AveragePooling2D,
  type BaseModel,
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  type Layer,
  MaxPooling2D,
  Operations,
  Reshape,
  Sequential,
  UpSampling2D,
} from '@weft/nn';
import { loadModel } from '@weft/pool';
import { between, HOSTILE_TEXTS, happens, pick } from '../mutate.js';
import { mutateJson } from '../mutate-json.js';
import { type Drawn, mustHold, type Target } from '../target.js';
import { damaged } from './safetensors.js';

const FILE = 'model.safetensors';
/** How a file begins with which the model's own layers are written. */
const CONFIG = 'weft.config';

/** A piece of a program, as models from ONNX files have it. */
const anyOperations = () =>
  new Operations({
    inputs: ['float32'],
    weights: [{ name: 'scale', shape: [1] }],
    steps: [
      { name: 'sum', inputs: [0], attributes: { axes: [1, 2, 3] } },
      { name: 'reshape', inputs: [2], attributes: { shape: [{ batch: 1 }, 1, 1, 1] } },
      { name: 'relu', inputs: [3], attributes: {} },
      { name: 'broadcast', inputs: [4], attributes: { shape: [{ batch: 1 }, 4, 4, 1] } },
      { name: 'broadcast', inputs: [1], attributes: { shape: [{ batch: 1 }, 4, 4, 1] } },
      { name: 'mul', inputs: [5, 6], attributes: {} },
    ],
    output: 7,
  });

/** Layers that fit images of 4 x 4. */
function anyModel(random: RandomStream): Sequential {
  const image: Layer[] = Array.from({ length: random.integer(3) }, () =>
    pick<() => Layer>(random, [
      () => new Conv2D({ filters: between(random, 1, 3), kernelSize: between(random, 1, 3), padding: 'same' }),
      () => new MaxPooling2D({ poolSize: 2, strides: 1, padding: 'same' }),
      () => new AveragePooling2D({ poolSize: 2, padding: 'same' }),
      () => new UpSampling2D(),
      () => new Dropout({ rate: 0.5 }),
      anyOperations,
    ])(),
  );
  const flat: Layer[] = [
    new Flatten(),
    new Dense({ units: 4, activation: 'relu' }),
    new Reshape({ targetShape: [2, -1] }),
  ];
  const named = happens(random, 0.2)
    ? [new Flatten({ name: pick(random, HOSTILE_TEXTS).replaceAll('/', '|') || 'x' })]
    : [];
  const layers = [...image, ...(happens(random, 0.5) ? flat : []), ...named];
  const options = { inputShape: [4, 4, 1], seed: random.integer(1000), stream: random.integer(3) };
  return new Sequential(layers.length > 0 ? layers : [new Flatten()], options);
}

/** A file whose weights are sound and whose layers are not. */
function withOtherLayers(file: Uint8Array, random: RandomStream): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(file);
  const config = mutateJson(JSON.parse(metadata[CONFIG]), random);
  return encodeSafetensors(tensors, { ...metadata, [CONFIG]: config });
}

/** A model with more layers than anybody has written down. */
function manyLayers(file: Uint8Array, random: RandomStream): Uint8Array {
  const { metadata } = decodeSafetensors(file);
  const config = JSON.parse(metadata[CONFIG]);
  const layer = { type: 'Flatten', config: happens(random, 0.5) ? {} : { name: 'flatten_1' } };
  config.layers = Array.from({ length: 8000 }, (_, index) =>
    index === 0 ? { ...layer } : { type: 'Flatten', config: {} },
  );
  return encodeSafetensors(new Map(), { ...metadata, [CONFIG]: JSON.stringify(config) });
}

const comparable = ({ weights }: BaseModel, config: unknown) => ({
  config: JSON.parse(JSON.stringify(config)),
  weights: weights.map(({ path, shape, data }) => ({ path, shape: [...shape], data: [...data] })),
});

let folder: string | undefined;

export const model: Target = {
  name: 'model',
  draw(random): Drawn {
    const sound = anyModel(random);
    const bytes = encodeModel(sound, { note: pick(random, HOSTILE_TEXTS) });
    if (happens(random, 0.25)) return { bytes, expected: comparable(sound, sound.config()) };
    if (happens(random, 0.005)) return { bytes: manyLayers(bytes, random) };
    return { bytes: happens(random, 0.6) ? withOtherLayers(bytes, random) : damaged(bytes, random) };
  },
  async read(bytes) {
    folder ??= mkdtempSync(join(tmpdir(), 'weft-fuzz-'));
    const path = join(folder, FILE);
    writeFileSync(path, bytes);
    try {
      const { model } = await loadModel(path);
      mustHold(model.countWeights() * 4 <= bytes.length, 'the model has more weights than the file');
      return comparable(model, model.config());
    } finally {
      mustHold(readdirSync(folder).join() === FILE, 'something was written beside the file');
    }
  },
  isLawful: (error) =>
    (error instanceof SafetensorsError || error instanceof ArchitectureMismatchError) && error.message.includes(FILE),
  close() {
    if (folder !== undefined) rmSync(folder, { recursive: true });
    folder = undefined;
  },
};
