import { asExamples, corruption, encodePng, type ImageDataset, parseNoise } from '@weft/data';
import { decodeModel } from '@weft/formats';
import { mapExamples, predict } from '@weft/pool';
import type { SavedModel } from '../commands/trained-models.js';
import { InputError } from '../exit.js';
import { findPictures } from '../pictures/find-pictures.js';
import { type PictureModel, pictureModel, reconstructorFrom } from '../pictures/picture-model.js';
import { preparePicture } from '../pictures/prepare-picture.js';
import { readPicture } from '../pictures/read-picture.js';
import { bytesOf } from '../run/compare-images.js';
import { loadData } from '../run/load-data.js';
import { readModelCard } from '../run/model-card.js';
import { modelTitle } from '../run/model-keys.js';
import { Terminal } from '../terminal/terminal.js';
import type { SamplesMade, SampleTask } from './sample-task.js';

/** So many images are shown, and fewer where a row would be wider than so many pixels. */
const [MOST_IMAGES, MOST_WIDTH] = [10, 2048];

/** Images [count, height, width, channels] of bytes. */
type Pictures = Pick<ImageDataset, 'count' | 'height' | 'width' | 'channels' | 'images'>;

/** Images that were loaded, by where they come from: they are the same for each epoch. */
const loaded = new Map<string, Promise<Pictures>>();

/**
 * Puts a few images through a model.
 *
 * @throws InputError, or another error that says what is wrong, if the model or the images cannot be had
 */
export async function makeSamples({ bytes, name, dataPath }: SampleTask): Promise<SamplesMade> {
  const { model, metadata } = decodeModel(bytes);
  const card = readModelCard(metadata);
  const saved: SavedModel = { path: name, title: modelTitle(card.model ?? model.name), model, card };
  const taken = pictureModel(saved, { prepare: undefined, overlap: undefined });
  const reconstructor = reconstructorFrom(taken);
  const pictures = await picturesFor(taken, dataPath);
  const { count, height, width, channels } = pictures;
  const examples = asExamples({ ...pictures, name: 'samples', labels: new Uint8Array(count) });
  const { noise, seed = 0, epochs } = card;
  const options = { threads: 1 };
  const corrupt = noise === undefined ? undefined : corruption(parseNoise(noise), { images: 'test' });
  const noisy = corrupt && (await mapExamples(corrupt, examples, [height, width, channels], { ...options, seed }));
  const made = await predict(reconstructor, examples, { ...options, ...(corrupt && { corrupt, seed }) });
  const drawn = (values: Float32Array) => row(pictures, bytesOf(values));
  return {
    ...{ count, height, width, epochs },
    original: row(pictures, pictures.images),
    noisy: noisy && drawn(noisy),
    made: drawn(made as Float32Array),
  };
}

async function picturesFor(model: PictureModel, dataPath: string | undefined): Promise<Pictures> {
  const { height, width, channels } = model;
  const dataset = model.saved.card.dataset ?? 'unknown data';
  const most = Math.max(1, Math.min(MOST_IMAGES, Math.floor(MOST_WIDTH / width)));
  const source = JSON.stringify([dataset, dataPath, height, width, channels, model.preparation]);
  const pictures = loaded.get(source) ?? loadPictures(model, dataset, dataPath, most);
  loaded.clear();
  loaded.set(source, pictures);
  const found = await pictures;
  if (found.height !== height || found.width !== width || found.channels !== channels) {
    throw new InputError(
      `${model.saved.path} takes images of ${height} x ${width} x ${channels}, but those of ${dataset} have ${found.height} x ${found.width} x ${found.channels}.`,
    );
  }
  return found;
}

async function loadPictures(
  model: PictureModel,
  dataset: string,
  dataPath: string | undefined,
  most: number,
): Promise<Pictures> {
  if (dataPath !== undefined) return ownPictures(model, dataPath, most);
  if (dataset !== 'synthetic' && dataset !== 'fashion-mnist') {
    throw new InputError(`Where the pictures of ${dataset} are is not known.`);
  }
  // Nothing is fetched for a look: a training that runs has its data already.
  const { test } = await loadData({ dataset, limit: 1, testLimit: most }, new Terminal(true), { download: false });
  return test;
}

/** Pictures of a folder, from all of its parts: its classes lie one after another. */
async function ownPictures(model: PictureModel, path: string, most: number): Promise<Pictures> {
  // On Windows a path may name another machine, which would be told who asks.
  if (/^[\\/]{2}/.test(path)) throw new InputError(`${path} may lie on another machine: it is not looked at.`);
  const { pictures } = await findPictures(path);
  const tested = pictures.filter((each) => /^test\//.test(each.path));
  const from = tested.length > 0 ? tested : pictures;
  const count = Math.min(most, from.length);
  const { height, width, channels } = model;
  const size = height * width * channels;
  const images = new Uint8Array(count * size);
  for (let at = 0; at < count; at++) {
    const { data } = preparePicture(
      await readPicture(from[Math.floor((at * from.length) / count)].place),
      model,
      'trained',
    );
    const tile = Math.floor(data.length / size / 2) * size;
    const shift = data instanceof Uint16Array ? 8 : 0;
    for (let value = 0; value < size; value++) images[at * size + value] = data[tile + value] >> shift;
  }
  return { count, height, width, channels, images };
}

/** Images side by side, as PNG. */
function row({ count, height, width, channels }: Pictures, images: Uint8Array): Uint8Array {
  const data = new Uint8Array(count * height * width * channels);
  const line = width * channels;
  for (let image = 0; image < count; image++) {
    for (let y = 0; y < height; y++) {
      const from = (image * height + y) * line;
      data.set(images.subarray(from, from + line), (y * count + image) * line);
    }
  }
  return encodePng({ width: count * width, height, channels: channels as 1 | 3 | 4, depth: 8, data });
}
