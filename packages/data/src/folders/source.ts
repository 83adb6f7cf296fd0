import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { decodeImage } from '../decode-image.js';
import { imageHeader } from '../pictures/decode.js';
import type { DecodedPicture, Picture, PictureHeader, PictureLimits } from '../pictures/picture.js';
import { type NpyArray, npyPicture } from './npy.js';
import { codeOf } from './walk.js';

/** Where the bytes of a picture are. */
export interface PictureSource {
  readonly place: string;
  /** Of the file. */
  readonly bytes: number;
  /** One of the pictures of a `.npy` file. */
  readonly npy?: { readonly array: NpyArray; readonly index: number };
}

/** A picture that is not read. The message is a sentence about the file, without its name. */
class SourceError extends Error {
  override readonly name = 'SourceError';
}

/** The largest file that is read: a picture of the most pixels that is stored without compression has no more. */
const MOST_BYTES = 2 ** 30;

/** What is known of a picture before it is decoded. */
export async function headerOf(source: PictureSource): Promise<Pick<PictureHeader, 'height' | 'width' | 'channels'>> {
  if (source.npy) return source.npy.array;
  return imageHeader(await bytesOf(source));
}

/** @throws ImageError or SourceError if it is not read */
export async function pictureOf(source: PictureSource, limits: PictureLimits): Promise<Picture | DecodedPicture> {
  if (!source.npy) return decodeImage(await bytesOf(source), limits);
  const { array, index } = source.npy;
  const bytes = Buffer.alloc(array.pictureBytes);
  await opened(source, (file) => readWhole(file, bytes, array.begin + index * array.pictureBytes));
  return npyPicture(array, bytes);
}

async function bytesOf(source: PictureSource): Promise<Uint8Array> {
  if (source.bytes > MOST_BYTES) {
    throw new SourceError(`The file has ${source.bytes} bytes; at most ${MOST_BYTES} are read.`);
  }
  const bytes = Buffer.alloc(source.bytes);
  await opened(source, (file) => readWhole(file, bytes, 0));
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Opens a file that was listed, unless another thing has taken its place. */
async function opened(source: PictureSource, read: (file: FileHandle) => Promise<void>): Promise<void> {
  // A pipe or a device would let the thread wait, and a link lead out of the folder.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  try {
    const file = await open(source.place, flags);
    try {
      const found = await file.stat();
      if (!found.isFile() || found.size !== source.bytes) {
        throw new SourceError('The file was changed while the folder was read.');
      }
      await read(file);
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof SourceError) throw cause;
    throw new SourceError(`The file cannot be read (${codeOf(cause)}).`, { cause });
  }
}

async function readWhole(file: FileHandle, into: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < into.length; ) {
    const { bytesRead } = await file.read(into, at, into.length - at, position + at);
    if (bytesRead === 0) throw new SourceError('The file was cut short while the folder was read.');
    at += bytesRead;
  }
}
