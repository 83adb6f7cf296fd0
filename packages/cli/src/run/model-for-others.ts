import { autoencoderOf } from '@weft/models';
import type { BaseModel } from '@weft/nn';
import type { SavedModel } from '../commands/trained-models.js';
import { isModelKey } from './model-keys.js';

/** What other programs are given of a model: images to images, of one of Weft's own autoencoders; else the model itself. */
export function modelForOthers({ model, card: { model: key } }: SavedModel): BaseModel {
  return key !== undefined && isModelKey(key) ? autoencoderOf(key, model).reconstructor : model;
}
