import type { Tensor } from '@weft/core';
import type { DecodedPicture, Picture } from '@weft/data';
import type { BaseModel } from '@weft/nn';
import { predict, type WorkerPool } from '@weft/pool';
import type { BadPictures } from './bad-pictures.js';
import type { FoundPicture } from './find-pictures.js';
import type { PictureModel } from './picture-model.js';
import { type Form, type PreparedPicture, preparePicture } from './prepare-picture.js';
import { BadPictureError, readPicture } from './read-picture.js';

/** Numbers of pictures, and of the images that a model takes of them, in a piece; one picture may have more. */
const VALUES_AT_A_TIME = 1 << 22;
/** Images in a piece. */
const IMAGES_AT_A_TIME = 512;

/** What to put through which model. */
export interface PictureTask {
  readonly pictures: readonly FoundPicture[];
  readonly model: PictureModel;
  /** The model itself, or a part of it that takes its images, such as the encoder. */
  readonly network: BaseModel<Tensor>;
  readonly form: Form;
  readonly pool: WorkerPool;
  readonly signal: AbortSignal;
  /** Receives pictures that cannot be used. */
  readonly bad: BadPictures;
  /** Changes a picture before it is prepared. Default: it stays. */
  readonly alter?: (picture: DecodedPicture, found: PictureInTask) => Picture;
}

/** A picture and its place in the task, from 0. */
export interface PictureInTask extends FoundPicture {
  readonly number: number;
}

/** A picture that went through the model. */
export interface PictureResult {
  readonly found: PictureInTask;
  /** As the file has it. */
  readonly original: DecodedPicture;
  /** As it was altered; else the original. */
  readonly picture: Picture;
  readonly prepared: PreparedPicture;
  /** [prepared.count, ...shape of the network's output], in units of the model's inputs. */
  readonly outputs: Float32Array;
}

type Ready = Omit<PictureResult, 'outputs'>;

/**
 * Puts pictures through a model, in their order. While workers compute on some, the next are decoded: three pieces of
 * about 4 million numbers are in memory at a time. A picture of more numbers is in memory alone.
 *
 * @throws the signal's reason if it was aborted; InputError at the first bad picture if these are not skipped
 */
export async function* throughModel(task: PictureTask): AsyncGenerator<PictureResult, void, undefined> {
  let running: Promise<PictureResult[]> | undefined;
  try {
    for await (const piece of pieces(task)) {
      const finished = await running;
      running = compute(piece, task);
      // It is awaited in the next turn. Until then a failure is nobody's.
      running.catch(() => undefined);
      if (finished) yield* finished;
      if (sizeOf(piece) > VALUES_AT_A_TIME) {
        // Nothing is decoded beside a large picture.
        const large = await running;
        running = undefined;
        yield* large;
      }
    }
    const finished = await running;
    running = undefined;
    if (finished) yield* finished;
  } finally {
    await running?.catch(() => undefined);
  }
}

/** Pictures in pieces of about the same size. */
async function* pieces(task: PictureTask): AsyncGenerator<Ready[], void, undefined> {
  let piece: Ready[] = [];
  const isFull = () => sizeOf(piece) > VALUES_AT_A_TIME || imagesOf(piece) > IMAGES_AT_A_TIME;
  for (const [number, each] of task.pictures.entries()) {
    task.signal.throwIfAborted();
    const ready = await readied({ ...each, number }, task);
    if (!ready) continue;
    piece.push(ready);
    if (!isFull()) continue;
    if (piece.length > 1) yield piece.slice(0, -1);
    piece = [ready];
    if (!isFull()) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

const imagesOf = (piece: readonly Ready[]) => piece.reduce((sum, { prepared }) => sum + prepared.count, 0);

/** Numbers of pictures and of what the model takes. */
const sizeOf = (piece: readonly Ready[]) =>
  piece.reduce((sum, { picture, prepared }) => sum + picture.data.length + prepared.data.length, 0);

async function readied(found: PictureInTask, { model, form, bad, alter }: PictureTask): Promise<Ready | undefined> {
  try {
    const original = await readPicture(found.place);
    const picture = alter ? alter(original, found) : original;
    return { found, original, picture, prepared: preparePicture(picture, model, form) };
  } catch (error) {
    if (!(error instanceof BadPictureError)) throw error;
    bad.add(found.path, error.message);
    return undefined;
  }
}

async function compute(
  piece: readonly Ready[],
  { model, network, pool, signal }: PictureTask,
): Promise<PictureResult[]> {
  const { height, width, channels } = model;
  const size = height * width * channels;
  const count = imagesOf(piece);
  const atATime = Math.max(1, Math.floor(VALUES_AT_A_TIME / size));
  const outputSize = network.outputs[0].shape.reduce((product, length) => product * length, 1);
  const outputs = new Float32Array(count * outputSize);
  for (let first = 0; first < count; first += atATime) {
    signal.throwIfAborted();
    const data = intensities(piece, first * size, Math.min(count, first + atATime) * size, model.scale);
    const made = await predict(network, { data, shape: [height, width, channels] }, { pool, signal });
    outputs.set(made, first * outputSize);
  }
  signal.throwIfAborted();
  let end = 0;
  return piece.map((ready) => {
    const begin = end;
    end += ready.prepared.count * outputSize;
    return { ...ready, outputs: outputs.subarray(begin, end) };
  });
}

/** Some of the values of pictures one after another, as the model takes them. */
function intensities(piece: readonly Ready[], from: number, to: number, scale: number): Float32Array {
  const values = new Float32Array(to - from);
  let offset = 0;
  for (const { data } of piece.map(({ prepared }) => prepared)) {
    const [begin, end] = [Math.max(from, offset), Math.min(to, offset + data.length)];
    if (begin < end) scaled(data.subarray(begin - offset, end - offset), scale, values.subarray(begin - from));
    offset += data.length;
  }
  return values;
}

/** Values times their scale, with the bits that training gives them: one over a whole number is divided by. */
export function scaled(data: Uint8Array | Uint16Array, ofBytes: number, to: Float32Array): void {
  const whole = data instanceof Uint8Array ? 1 : 257;
  const inverse = Math.round(1 / ofBytes);
  if (inverse > 1 && 1 / inverse === ofBytes) {
    const divisor = inverse * whole;
    for (let at = 0; at < data.length; at++) to[at] = data[at] / divisor;
  } else {
    const factor = Math.fround(ofBytes / whole);
    for (let at = 0; at < data.length; at++) to[at] = data[at] * factor;
  }
}
