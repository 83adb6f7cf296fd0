import type { Tensor } from '@weft/core';
import { asChannels } from '@weft/data';
import type { BaseModel } from '@weft/nn';
import type { WorkerPool } from '@weft/pool';
import type { BadPictures } from '../pictures/bad-pictures.js';
import type { PictureModel } from '../pictures/picture-model.js';
import { BadPictureError, readPicture } from '../pictures/read-picture.js';
import { type PictureResult, throughModel } from '../pictures/through-model.js';
import { errorMap, type PixelMap, resizedMap, type ScoreName, scoreOf, smoothed } from './error-map.js';
import type { LabelledPicture } from './labelled-pictures.js';

/** What to score, and how. */
export interface Scoring {
  readonly model: PictureModel;
  /** From images to images of the same size. */
  readonly network: BaseModel<Tensor>;
  readonly pictures: readonly LabelledPicture[];
  readonly score: ScoreName;
  /** Standard deviation of the Gaussian that smooths errors, in pixels of the model's images. */
  readonly smoothing: number;
  readonly pool: WorkerPool;
  readonly signal: AbortSignal;
  readonly bad: BadPictures;
  readonly onPicture: (done: number) => void;
}

/** A picture and its score. */
export interface ScoredPicture extends LabelledPicture {
  readonly score: number;
}

/** All that is known of a picture once it was scored. */
export interface Scored {
  readonly picture: ScoredPicture;
  readonly result: PictureResult;
  /** Smoothed squared errors, of the picture's size. */
  readonly heat: PixelMap;
  /** 1 for pixels of a defect and 0 for others, of the picture's size; undefined if it is not known which they are. */
  readonly mask: Uint8Array | undefined;
}

/**
 * Scores pictures, in their order. Only a few of them are in memory at a time.
 *
 * @throws the signal's reason if it was aborted; InputError at the first bad picture if these are not skipped
 */
export async function* scorePictures(scoring: Scoring): AsyncGenerator<Scored, void, undefined> {
  const { model, score, smoothing, pictures, bad, signal } = scoring;
  const hasMasks = pictures.some(({ mask }) => mask !== undefined);
  for await (const result of throughModel({ ...scoring, form: 'trained' })) {
    signal.throwIfAborted();
    const { path, number } = result.found;
    const picture = pictures[number];
    try {
      const errors = errorMap(result, model);
      const smooth = smoothed(errors, smoothing);
      const { height, width } = result.picture;
      yield {
        picture: { ...picture, score: scoreOf(score, errors, smooth) },
        result,
        heat: resizedMap(smooth, height, width),
        mask: hasMasks ? await maskOf(picture, height, width) : undefined,
      };
    } catch (error) {
      if (!(error instanceof BadPictureError)) throw error;
      bad.add(path, error.message);
    }
    scoring.onPicture(number + 1);
  }
}

/** The mask of a picture; of a normal one without a file nothing but 0. */
async function maskOf({ mask, isAnomalous }: LabelledPicture, height: number, width: number) {
  if (mask === undefined) return isAnomalous === false ? new Uint8Array(height * width) : undefined;
  const read = await readPicture(mask).catch((cause) => {
    if (!(cause instanceof BadPictureError)) throw cause;
    throw new BadPictureError(`Its mask cannot be used. ${cause.message}`, { cause });
  });
  if (read.height === height && read.width === width) {
    return Uint8Array.from(asChannels(read, 1).data, (value) => (value === 0 ? 0 : 1));
  }
  throw new BadPictureError(
    `It has ${height} x ${width} pixels (height x width), but its mask ${read.height} x ${read.width}.`,
  );
}
