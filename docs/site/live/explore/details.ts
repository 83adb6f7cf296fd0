import { element } from '../shared/element.js';
import { classOf, type Explored, errorText, imageName, percent } from './explored.js';
import { paintSprite, spriteOf } from './sprite.js';

const title = element('details-title', HTMLHeadingElement);
const text = element('details-text', HTMLParagraphElement);
const pictures = element('pictures', HTMLDivElement);
const facts = element('details-facts', HTMLDListElement);
const neighbours = element('neighbours', HTMLDivElement);
const thumbnails = element('thumbnails', HTMLDivElement);

/** Shows that nothing is chosen. */
export function showNothing(): void {
  show('No picture chosen', 'Point at a picture in the plane, or choose one from the list.');
}

/**
 * Shows an image before and after the model, its error and its neighbours.
 *
 * @param onChoose is told a neighbour that was chosen
 */
export function showImage(of: Explored, image: number, onChoose: (image: number) => void): void {
  const { exploration, ranks, fence } = of;
  const { originals, inputs, reconstructions, errors, count, noise } = exploration;
  show(imageName(of, image), '');
  pictures.append(figure(spriteOf(originals, image, exploration, 'The picture'), 'Picture'));
  if (inputs) pictures.append(figure(spriteOf(inputs, image, exploration, 'The picture with noise'), `With ${noise}`));
  const made = inputs ? 'Denoised' : 'Reconstruction';
  pictures.append(figure(spriteOf(reconstructions, image, exploration, made), made));
  const rank = `${ranks[image].toLocaleString('en')} of ${count.toLocaleString('en')}`;
  fact('Error (MSE)', errorText(errors[image]) + (errors[image] > fence ? ', an outlier' : ''));
  fact('Rank by error', rank);
  showNeighbours(of, image, onChoose);
}

function showNeighbours(of: Explored, image: number, onChoose: (image: number) => void): void {
  const list = neighboursOf(of, image);
  neighbours.hidden = list.length === 0;
  thumbnails.replaceChildren(
    ...list.map((neighbour) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.setAttribute('aria-label', imageName(of, neighbour));
      const name = document.createElement('span');
      name.textContent = classOf(of, neighbour) ?? String(neighbour);
      button.append(spriteOf(of.exploration.originals, neighbour, of.exploration), name);
      button.addEventListener('click', () => onChoose(neighbour));
      return button;
    }),
  );
}

/** The nearest others of an image, nearest first. */
export function neighboursOf({ exploration: { neighbours: all, count } }: Explored, image: number): number[] {
  const each = all.length / count;
  return [...all.subarray(image * each, (image + 1) * each)];
}

/**
 * Shows what the decoder has made of a place.
 *
 * @param bytes   [height, width, channels]
 * @param nearest the image that lies nearest to the place
 */
export function showDecoded(of: Explored, bytes: Uint8Array, nearest: number | undefined): void {
  const { exploration } = of;
  const ratios = exploration.explainedVarianceRatio;
  const used = Math.min(2, ratios.length);
  const part = percent(ratios.slice(0, used).reduce((sum, ratio) => sum + ratio, 0));
  show(
    'An image the model makes up',
    `It is decoded from the inverse of the first ${used === 1 ? 'component' : 'two'} of ${ratios.length} components, which hold ${part} of the variance. The others are 0: no such picture is in the data.`,
  );
  const canvas = document.createElement('canvas');
  canvas.className = 'pixels';
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', 'The decoded image');
  paintSprite(canvas, bytes, exploration);
  pictures.append(figure(canvas, 'Decoded'));
  if (nearest === undefined) return;
  const name = imageName(of, nearest);
  pictures.append(figure(spriteOf(exploration.originals, nearest, exploration, name), `Nearest: ${name}`));
}

function show(heading: string, sentence: string): void {
  title.textContent = heading;
  text.textContent = sentence;
  text.hidden = sentence === '';
  pictures.replaceChildren();
  facts.replaceChildren();
  neighbours.hidden = true;
}

function figure(canvas: HTMLCanvasElement, caption: string): HTMLElement {
  const made = document.createElement('figure');
  const words = document.createElement('figcaption');
  words.textContent = caption;
  made.append(canvas, words);
  return made;
}

function fact(name: string, value: string): void {
  const pair = document.createElement('div');
  const [term, description] = [document.createElement('dt'), document.createElement('dd')];
  term.textContent = name;
  description.textContent = value;
  pair.append(term, description);
  facts.append(pair);
}
