import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { type DecodedPicture, decodeImage, ImageError } from '@weft/data';

/** Larger files are refused. */
const MOST_BYTES = 1_000_000_000;

/** A picture that is not read. The message is a sentence about the file, without its name. */
export class BadPictureError extends Error {
  override readonly name = 'BadPictureError';
}

/**
 * Reads a picture.
 *
 * @param place path of the file, not of a link
 * @throws BadPictureError if it cannot be read or decoded
 */
export async function readPicture(place: string): Promise<DecodedPicture> {
  try {
    return decodeImage(await bytesOf(place));
  } catch (cause) {
    if (cause instanceof ImageError) throw new BadPictureError(cause.message, { cause });
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (syscall) throw new BadPictureError(`It cannot be read (${code}).`, { cause });
    throw cause;
  }
}

async function bytesOf(place: string): Promise<Uint8Array> {
  // What was a file when the folder was listed may be a pipe by now: without O_NONBLOCK opening it would wait.
  const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;
  const file = await open(place, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new BadPictureError('It is no file any more.');
    if (found.size > MOST_BYTES) {
      throw new BadPictureError(`The file has ${found.size} bytes; at most ${MOST_BYTES} are read.`);
    }
    return await file.readFile();
  } finally {
    await file.close();
  }
}
