import { decodeExploration, type Exploration } from '@weft/formats';
import { type LoadedModel, loadModel, predict } from '@weft/web';
import type { ExplorerCalls } from '../explore/calls.js';
import { latentAt } from '../explore/latent.js';
import { answer } from './answer.js';

/** A larger file is none that a page can hold. */
const MOST_BYTES = 1e9;

let current: { readonly exploration: Exploration; readonly decoder: LoadedModel['model'] | undefined } | undefined;

answer<ExplorerCalls>({
  async open(source) {
    const bytes = await read(source);
    const { decoder: file, ...exploration } = decodeExploration(bytes, nameOf(source));
    const { decoder, noDecoder } = await openDecoder(file, exploration);
    current = { exploration, decoder };
    return { exploration, noDecoder };
  },

  async decode(x, y) {
    if (!current?.decoder) throw new Error('There is no decoder. Open a file that has one.');
    const image = await predict(current.decoder, latentAt(current.exploration, x, y));
    return Uint8Array.from(Uint8ClampedArray.from(image as Float32Array, (value) => value * 255));
  },
});

const nameOf = (source: Blob | string) =>
  source instanceof File ? source.name : typeof source === 'string' ? (source.split('/').at(-1) ?? '') : undefined;

async function read(source: Blob | string): Promise<Uint8Array> {
  if (typeof source !== 'string') {
    if (source.size > MOST_BYTES) {
      throw new Error(
        `${nameOf(source) ?? 'The file'} has ${(source.size / 1e9).toFixed(1)} GB, expected at most 1 GB. Write one of fewer images: weft explore RUN --examples N.`,
      );
    }
    return new Uint8Array(await source.arrayBuffer());
  }
  const response = await fetch(source).catch((cause: Error) => {
    throw new Error(`${nameOf(source)} cannot be fetched: ${cause.message}.`);
  });
  if (!response.ok) throw new Error(`${nameOf(source)} cannot be fetched: the server answers ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}

async function openDecoder(file: Uint8Array | undefined, exploration: Exploration) {
  const { title, latentShape, height, width, channels } = exploration;
  if (!file) {
    const reason = `The ${title} has no decoder from latents alone, so there is nothing to decode.`;
    return { decoder: undefined, noDecoder: reason };
  }
  try {
    const { model } = await loadModel(file);
    const shapes = [model.inputs, model.outputs].map((places) => places.map(({ shape }) => shape.join()).join(' and '));
    const expected = [latentShape.join(), [height, width, channels].join()];
    if (shapes.join() === expected.join()) return { decoder: model, noDecoder: undefined };
    throw new Error(`it makes [${shapes[1]}] of [${shapes[0]}], expected [${expected[1]}] of [${expected[0]}].`);
  } catch (error) {
    return { decoder: undefined, noDecoder: `The decoder in the file cannot be used: ${(error as Error).message}` };
  }
}
