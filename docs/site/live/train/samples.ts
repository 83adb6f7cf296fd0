import { element } from '../shared/element.js';
import { paintGrey } from '../shared/paint.js';
import type { Samples } from './calls.js';

/** Pixels between two pictures. */
const GAP = 2;

/** Shows pictures above what the model makes of them. */
export function showSamples(samples: Samples): void {
  const { originals, noisy, reconstructions } = samples;
  const error = meanSquaredError(originals, reconstructions);
  const rows: [string, Float32Array, string][] = [
    ['Original', originals, `${samples.count} pictures that were held out`],
    ...(noisy ? [['With noise', noisy, 'The same pictures with noise'] as [string, Float32Array, string]] : []),
    ['Model', reconstructions, `What the model makes of them: mean squared error ${error.toPrecision(3)}`],
  ];
  const list = document.createElement('dl');
  list.className = 'samples';
  for (const [title, images, label] of rows) {
    const term = document.createElement('dt');
    term.textContent = title;
    const canvas = rowOf(samples, images);
    canvas.role = 'img';
    canvas.ariaLabel = label;
    const description = document.createElement('dd');
    description.append(canvas);
    list.append(term, description);
  }
  element('samples', HTMLDivElement).replaceChildren(list);
}

/** Pictures side by side. */
function rowOf({ count, height, width }: Samples, images: Float32Array): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.className = 'pixels';
  canvas.width = count * (width + GAP) - GAP;
  canvas.height = height;
  const values = new Float32Array(canvas.width * height);
  for (let index = 0; index < count; index++) {
    for (let row = 0; row < height; row++) {
      const from = (index * height + row) * width;
      values.set(images.subarray(from, from + width), row * canvas.width + index * (width + GAP));
    }
  }
  paintGrey(canvas, values, 1);
  return canvas;
}

function meanSquaredError(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + (value - b[index]) ** 2, 0) / a.length;
}
