import { meanSquaredErrors } from '@weft/analysis';
import { counted, formatNumber } from '../text/numbers.js';
import { capitalised, type DatasetInfo, datasetTitle, type Figure, type Images } from './figure.js';
import { imageCount, imageGrid } from './image-grid.js';
import { svgDocument } from './svg.js';
import { FIGURE_WIDTH } from './theme.js';

const COLUMNS = 10;

interface NamedImages {
  readonly title: string;
  readonly images: Images;
}

export interface Comparison {
  readonly name: string;
  readonly title: string;
  readonly dataset: DatasetInfo;
  /** Image stacks, drawn one below the other; the first ten images of each. */
  readonly rows: readonly NamedImages[];
  /** The stack that each of the others was meant to equal. */
  readonly target: NamedImages;
}

/** Figures 3 and 6: ten test images in several versions, with each version's error against the target. */
export function imageComparison({ name, title, dataset, rows, target }: Comparison): Figure {
  const shown = Math.min(COLUMNS, ...rows.map((row) => imageCount(`${name}, ${row.title}`, row.images, dataset)));
  const size = dataset.height * dataset.width * dataset.channels;
  const drawn = rows.map((row) => {
    if (row === target) return row;
    const images = unitIntensities(row.images, shown, dataset);
    const errors = meanSquaredErrors(images, unitIntensities(target.images, shown, dataset), size);
    return { ...row, captions: Array.from(errors, (error) => formatNumber(error, 2)) };
  });
  const { body, height } = imageGrid(drawn, COLUMNS, dataset);
  const errors = drawn.flatMap((row) => ('captions' in row ? [`${row.title}: ${row.captions.join(', ')}`] : []));
  const order = rows.map((row) => row.title.toLowerCase()).join(', ');
  return {
    name,
    title,
    caption: `${counted(shown, 'test image')} from top to bottom: ${order}. The number below an image is its mean squared error against the ${target.title.toLowerCase()} image, in squared pixel intensity.`,
    svg: svgDocument({
      name,
      title,
      subtitle: `${capitalised(datasetTitle(dataset.name))}, test set · below the images: mean squared error against the ${target.title.toLowerCase()} image`,
      description: `${counted(shown, 'column')} of images, from top to bottom: ${order}. Mean squared errors. ${errors.join('. ')}.`,
      synthetic: dataset.synthetic,
      width: FIGURE_WIDTH,
      height,
      body: shown === 0 ? [] : body,
    }),
  };
}

function unitIntensities(images: Images, count: number, { height, width, channels }: DatasetInfo): Float32Array {
  const values = images.subarray(0, count * height * width * channels);
  return values instanceof Float32Array ? values : Float32Array.from(values, (value) => value / 255);
}
