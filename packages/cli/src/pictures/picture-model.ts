import type { Tensor } from '@weft/core';
import { AUTOENCODERS, type Autoencoder, autoencoderOf } from '@weft/models';
import type { BaseModel } from '@weft/nn';
import type { SavedModel } from '../commands/trained-models.js';
import { InputError, UsageError } from '../exit.js';
import { isModelKey } from '../run/model-keys.js';

/** How a picture comes to the size of a model's images. */
export type Preparation =
  /** It must have that size. */
  | { readonly kind: 'exact' }
  /** It is resized as a whole. */
  | { readonly kind: 'resize' }
  /** It is cut into tiles of that size, of which neighbours share `overlap` pixels. */
  | { readonly kind: 'tile'; readonly overlap: number };

/** A model, and all that is to be known to put pictures through it. */
export interface PictureModel {
  readonly saved: SavedModel;
  /** Size of the images that it takes. */
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3 | 4;
  /** By what bytes are multiplied. */
  readonly scale: number;
  readonly preparation: Preparation;
}

/** What the user says of it; where nothing is said, the model's file decides. */
export interface PreparationWish {
  readonly prepare: Preparation['kind'] | undefined;
  readonly overlap: number | undefined;
}

/**
 * What a model does with pictures: from its layers the size of its images, from its card all else.
 *
 * @throws InputError if it takes no pictures; UsageError if what the user says does not fit it
 */
export function pictureModel(saved: SavedModel, wish: PreparationWish): PictureModel {
  const { model, card, path } = saved;
  const [shape = []] = model.inputs.map((each) => each.shape);
  const [height, width, channels] = shape;
  if (model.inputs.length !== 1 || shape.length !== 3 || ![1, 3, 4].includes(channels)) {
    throw new InputError(
      `${path}: the model takes ${model.inputs.map((each) => `[${each.shape}]`).join(' and ')}, expected images [height, width, channels] of 1, 3 or 4 channels. Give a model of pictures.`,
    );
  }
  const { scale = 1 / 255 } = card;
  const preparation = preparationOf(saved, wish, height, width);
  return { saved, height, width, channels: channels as 1 | 3 | 4, scale, preparation };
}

function preparationOf({ card, path }: SavedModel, wish: PreparationWish, height: number, width: number): Preparation {
  const own = card.tile !== undefined ? 'tile' : card.resize !== undefined ? 'resize' : 'exact';
  const kind = wish.prepare ?? own;
  if (kind !== 'tile') {
    if (wish.overlap === undefined) return { kind };
    throw new UsageError(
      `--overlap: got ${wish.overlap}, but ${path} takes whole pictures. Give --prepare tile too, or leave --overlap out.`,
    );
  }
  if (height !== width) {
    throw new UsageError(
      `--prepare: got tile, but ${path} takes images of ${height} x ${width} pixels, and tiles are square. Give --prepare resize.`,
    );
  }
  // Models of whole pictures often make borders at their edges: with half a tile they count little.
  const overlap = wish.overlap ?? (own === 'tile' ? (card.overlap ?? 0) : height >> 1);
  if (overlap >= height) {
    throw new UsageError(
      `--overlap: got ${overlap}, expected less than the ${height} pixels of a tile of ${path}. Give for instance --overlap ${height >> 1}.`,
    );
  }
  return { kind, overlap };
}

/** How a model prepares pictures, in words. */
export function preparationText({ height, width, channels, preparation }: PictureModel): string {
  const size = `${height} x ${width} pixels, ${channels === 1 ? 'grey' : channels === 3 ? 'RGB' : 'RGBA'}`;
  if (preparation.kind === 'resize') return `resized to ${size}`;
  if (preparation.kind === 'tile')
    return `in tiles of ${size}, of which neighbours share ${preparation.overlap} pixels`;
  return `of ${size}`;
}

/**
 * The model in its parts.
 *
 * @throws InputError if it is no autoencoder that Weft knows
 */
export function autoencoderFrom({ saved: { model, card, path } }: PictureModel): Autoencoder {
  try {
    const key = card.model !== undefined && isModelKey(card.model) ? card.model : undefined;
    return autoencoderOf(key ?? (isModelKey(model.name) ? model.name : 'cae'), model);
  } catch (cause) {
    throw new InputError(
      `${path}: the encoder cannot be told from the rest of the model: ${(cause as Error).message} Give a model that weft train has written.`,
      { cause },
    );
  }
}

/**
 * The model from images to images of the same size.
 *
 * @throws InputError if it makes something else of images
 */
export function reconstructorFrom(model: PictureModel): BaseModel<Tensor> {
  const { saved, height, width, channels } = model;
  const own = saved.model as BaseModel<Tensor>;
  const isOurs = saved.card.model !== undefined && isModelKey(saved.card.model);
  const reconstructor = isOurs ? autoencoderFrom(model).reconstructor : own;
  const image = `${[height, width, channels]}`;
  const made = reconstructor.outputs.map(({ shape }) => `${shape}`);
  if (made.length === 1 && made[0] === image && reconstructor.graph.isSingle) return reconstructor;
  throw new InputError(
    `${saved.path}: the model makes [${made.join('] and [')}] of [${image}], expected images of the same size. Give an autoencoder.`,
  );
}

/**
 * The model from latents to images.
 *
 * @throws InputError if there is none, or it makes no images of the model's size
 */
export function decoderFrom(model: PictureModel, { key, decoder }: Autoencoder): BaseModel<Tensor> {
  const { path } = model.saved;
  if (!decoder) {
    throw new InputError(
      `${path}: ${AUTOENCODERS[key].longName} has no decoder of its own: more than the latent goes from its one half to the other. Give another autoencoder.`,
    );
  }
  const image = `${[model.height, model.width, model.channels]}`;
  if (decoder.outputs.length === 1 && `${decoder.outputs[0].shape}` === image) return decoder;
  throw new InputError(
    `${path}: its decoder makes [${decoder.outputs[0].shape}], expected images [${image}]. Give an autoencoder.`,
  );
}
