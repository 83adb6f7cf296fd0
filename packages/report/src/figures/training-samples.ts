import { counted } from '../text/numbers.js';
import { composeFigure } from './compose-figure.js';
import { capitalised, className, datasetTitle, type Figure, type FigureInputs } from './figure.js';
import { wrapped } from './generated-images.js';
import { imageCount, imageGrid, inColoursOf } from './image-grid.js';

const COLUMNS = 6;
const SAMPLES = 12;

/** Figure 1: the first twelve training images with the names of their classes. */
export function trainingSamples({ dataset, samples }: FigureInputs): Figure {
  const shown = Math.min(
    SAMPLES,
    imageCount('drawFigures: samples.images', samples.images, dataset),
    samples.labels.length,
  );
  const captions = Array.from({ length: shown }, (_, index) => className(dataset, samples.labels[index]));
  const rows = wrapped(samples.images, shown, COLUMNS, dataset, captions);
  const [coloured, key] = inColoursOf(dataset, rows);
  const { body, height } = imageGrid(coloured, COLUMNS, dataset, key);
  const title = 'Training samples';
  const pixels = `${dataset.height} × ${dataset.width} pixels`;
  const subtitle = `${capitalised(datasetTitle(dataset.name))} · ${pixels}`;
  const names = captions.join(', ');
  return composeFigure(
    { name: 'figure-1', title, dataset, subtitle },
    {
      caption: [
        `The first ${counted(shown, 'training image')} of ${datasetTitle(dataset.name)}, ${pixels} each, with the names of their classes.`,
      ],
      description: `${counted(shown, 'image')}, row by row: ${names}.`,
      body,
      height,
    },
  );
}
