import type { Exploration } from '@weft/formats';

type Shape = Pick<Exploration, 'height' | 'width' | 'channels'>;

/**
 * Draws one picture on a canvas of its own size.
 *
 * @param bytes [height, width, channels]
 */
export function paintSprite(canvas: HTMLCanvasElement, bytes: Uint8Array, { height, width, channels }: Shape): void {
  canvas.width = width;
  canvas.height = height;
  const picture = new ImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const at = pixel * channels;
    const isGrey = channels === 1;
    picture.data[4 * pixel] = bytes[at];
    picture.data[4 * pixel + 1] = bytes[isGrey ? at : at + 1];
    picture.data[4 * pixel + 2] = bytes[isGrey ? at : at + 2];
    picture.data[4 * pixel + 3] = channels === 4 ? bytes[at + 3] : 255;
  }
  canvas.getContext('2d')!.putImageData(picture, 0, 0);
}

/**
 * A canvas with one of many pictures.
 *
 * @param pictures bytes [n, height, width, channels]
 * @param label    what it shows; undefined where a text beside it says it
 */
export function spriteOf(pictures: Uint8Array, index: number, shape: Shape, label?: string): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.className = 'pixels';
  if (label === undefined) canvas.setAttribute('aria-hidden', 'true');
  else {
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', label);
  }
  const size = shape.height * shape.width * shape.channels;
  paintSprite(canvas, pictures.subarray(index * size, (index + 1) * size), shape);
  return canvas;
}
