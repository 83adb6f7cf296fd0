import { asChannels, type Picture, resizeImage } from '@weft/data/browser';

/** Longest side that is decoded: more does not show in a small picture. */
const MOST_PIXELS = 2048;

/**
 * A picture file as bytes of grey: its middle as a square, made smaller with antialiasing. The browser decodes it. Runs
 * in a worker, since large pictures take their time.
 *
 * @param side pixels along each side
 * @returns [side, side], from 0 (black) to 255 (white)
 * @throws Error if the browser cannot decode the file
 */
export async function readPicture(file: Blob, side: number): Promise<Uint8Array> {
  const decoded = await decode(file);
  const grey = asChannels(decoded, 1, { background: 'white' });
  return resizeImage(grey, side, side, { fit: 'crop' }).data as Uint8Array;
}

async function decode(file: Blob): Promise<Picture> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch (cause) {
    const name = file instanceof File ? file.name : 'This file';
    throw new Error(`${name} is no picture that this browser can read. Choose a PNG, JPEG or WebP file.`, { cause });
  }
  const scale = Math.min(1, MOST_PIXELS / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, channels: 4, depth: 8, data: new Uint8Array(data.buffer) };
}
