import { type BarsPlot, type BinPictures, binOf, MOST_IMAGES } from '../figures/bars-plot.js';
import { lowered } from '../figures/figure.js';
import { formatCount, formatNumber } from '../text/numbers.js';
import { node } from './dom.js';
import { errorPixels, type Pixels, picturePixels } from './pixels.js';

/** Pictures of one bin of a histogram: what the images are, what was made of them, and the errors of their pixels. */
export class BinPanel {
  readonly element = node('div', { class: 'bin', hidden: '' });
  private sheet: Promise<Pixels> | undefined;
  /** The bin that was asked for last. */
  private bin: number | undefined;

  constructor(
    private readonly plot: BarsPlot,
    private readonly pictures: BinPictures,
  ) {}

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  /** Shows a bin, as soon as the pictures are decoded. */
  async show(bin: number): Promise<void> {
    this.bin = bin;
    this.sheet ??= decoded(this.pictures.png);
    const sheet = await this.sheet;
    if (this.bin !== bin) return;
    const { edges, counts } = this.plot;
    const members = this.pictures.images.flatMap(({ error }, column) => (binOf(edges, error) === bin ? [column] : []));
    const columns = members.slice(0, MOST_IMAGES);
    const range = `${formatNumber(edges[bin])} to ${formatNumber(edges[bin + 1])}`;
    const count = `${formatCount(columns.length)} of ${formatCount(counts[bin])} ${counts[bin] === 1 ? 'image' : 'images'}`;
    const titles = this.pictures.titles.map((title) => lowered(title)).join(', ');
    this.element.replaceChildren(
      node(
        'p',
        {},
        node('b', {}, `Errors from ${range}: ${count}.`),
        ` From left to right: ${titles}, and the error of each pixel, from dark at 0 to light at the largest of the bin.`,
      ),
      node('ul', {}, ...this.items(sheet, columns)),
    );
    this.element.hidden = false;
  }

  private items(sheet: Pixels, columns: readonly number[]): HTMLElement[] {
    const { titles, images } = this.pictures;
    const rows = titles.length;
    const drawn = columns.map((column) => titles.map((_, row) => picturePixels(sheet, this.pictures, column, row)));
    const errors = errorPixels(
      drawn.map((each) => each[rows - 2].levels),
      drawn.map((each) => each[rows - 1].levels),
      this.pictures,
    );
    return columns.map((column, at) => {
      const { index, error, className } = images[column];
      const name = `Test image ${formatCount(index + 1)}`;
      const shown = [
        ...drawn[at].map(({ colours }, row) => [titles[row], colours] as const),
        ['Error', errors[at]] as const,
      ];
      const pictures = shown.map(([title, colours]) => this.canvas(colours, `${name}: ${title.toLowerCase()}`));
      const text = [name, ...(className === undefined ? [] : [className]), `error ${formatNumber(error)}`];
      return node('li', {}, node('div', {}, ...pictures), ...text.map((line) => node('span', {}, line)));
    });
  }

  private canvas(colours: Uint8ClampedArray<ArrayBuffer>, label: string): HTMLCanvasElement {
    const { width, height } = this.pictures;
    const canvas = node('canvas', {
      width: String(width),
      height: String(height),
      role: 'img',
      'aria-label': label,
      title: label,
    });
    canvas.getContext('2d')!.putImageData(new ImageData(colours, width, height), 0, 0);
    return canvas;
  }
}

async function decoded(png: string): Promise<Pixels> {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const canvas = node('canvas', { width: String(image.width), height: String(image.height) });
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, image.width, image.height);
}
