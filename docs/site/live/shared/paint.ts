/**
 * Draws grey pixels on a canvas of as many pixels.
 *
 * @param values rows from the top
 * @param white  the value that is white; 0 is black
 */
export function paintGrey(canvas: HTMLCanvasElement, values: ArrayLike<number>, white: number): void {
  const { width, height } = canvas;
  const picture = new ImageData(width, height);
  for (let at = 0; at < width * height; at++) {
    const grey = (values[at] / white) * 255;
    picture.data.set([grey, grey, grey, 255], 4 * at);
  }
  // So few pixels are faster without a GPU, whose loss would blank them too.
  canvas.getContext('2d', { willReadFrequently: true })!.putImageData(picture, 0, 0);
}
