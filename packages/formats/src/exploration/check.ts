import { shown } from '../safetensors/shown.js';
import { type Exploration, ExplorationError, MOST_COMPONENTS } from './exploration.js';

/** More than people read, and than a page can lay out. */
const LONGEST_TEXT = 1000;
const MOST_CLASSES = 256;
const MOST_IMAGES = 1_000_000;
const LONGEST_SIDE = 65_535;

function fail(message: string): never {
  throw new ExplorationError(message);
}

/**
 * Checks that everything fits everything else, so that whoever shows an exploration need not look again.
 *
 * @throws ExplorationError naming the first fault
 */
export function checkExploration(exploration: Exploration): void {
  checkFacts(exploration);
  checkArrays(exploration);
  checkNumbers(exploration);
  checkNeighbours(exploration);
}

function checkFacts(exploration: Exploration): void {
  for (const name of ['model', 'title', 'run', 'dataset', 'weightsSha256'] as const) checkText(name, exploration[name]);
  const { noise, synthetic, classNames, latentShape } = exploration;
  if (noise !== undefined) checkText('noise', noise);
  if (typeof synthetic !== 'boolean') fail(`synthetic is ${shown(synthetic)}, expected true or false.`);
  if (!Array.isArray(classNames) || classNames.length > MOST_CLASSES) {
    fail(`the class names are ${shown(classNames)}, expected at most ${MOST_CLASSES} texts.`);
  }
  classNames.forEach((name, index) => {
    checkText(`class name ${index}`, name);
  });
  if (!Array.isArray(latentShape) || latentShape.length > 8 || !latentShape.every((length) => isWithin(length, 1))) {
    fail(`the latent's shape is ${shown(latentShape)}, expected at most 8 whole numbers from 1.`);
  }
  const { count, height, width, channels } = exploration;
  if (!isWithin(count, 2, MOST_IMAGES)) fail(`it has ${shown(count)} images, expected 2 to ${MOST_IMAGES}.`);
  for (const [name, side] of Object.entries({ height, width })) {
    if (!isWithin(side, 1, LONGEST_SIDE)) fail(`the ${name} is ${shown(side)}, expected 1 to ${LONGEST_SIDE} pixels.`);
  }
  if (![1, 3, 4].includes(channels)) fail(`the images have ${shown(channels)} channels, expected 1, 3 or 4.`);
}

const isWithin = (value: unknown, from: number, to: number = Number.MAX_SAFE_INTEGER): value is number =>
  Number.isSafeInteger(value) && (value as number) >= from && (value as number) <= to;

function checkText(name: string, value: unknown): void {
  if (typeof value === 'string' && value.length <= LONGEST_TEXT) return;
  fail(`${name} is ${shown(value)}, expected a text of at most ${LONGEST_TEXT} characters.`);
}

/** The arrays that there must be, and those that there may be. */
const ARRAYS = {
  errors: Float32Array,
  mean: Float32Array,
  components: Float32Array,
  explainedVarianceRatio: Float32Array,
  scores: Float32Array,
  neighbours: Uint32Array,
  originals: Uint8Array,
  reconstructions: Uint8Array,
} as const;
const OPTIONAL_ARRAYS = { inputs: Uint8Array, labels: Uint8Array, decoder: Uint8Array } as const;

function checkKinds(exploration: Exploration): void {
  const given = Object.entries(OPTIONAL_ARRAYS).filter(
    ([name]) => exploration[name as keyof Exploration] !== undefined,
  );
  for (const [name, kind] of [...Object.entries(ARRAYS), ...given]) {
    const array: unknown = exploration[name as keyof Exploration];
    if (!(array instanceof kind)) fail(`${name} is ${shown(array)}, expected a ${kind.name}.`);
  }
}

function checkArrays(exploration: Exploration): void {
  checkKinds(exploration);
  const { count, height, width, channels, latentShape, classNames, labels } = exploration;
  const k = exploration.explainedVarianceRatio.length;
  const d = exploration.mean.length;
  const size = latentShape.reduce((product, length) => product * length, 1);
  if (size !== d) fail(`the mean has ${d} numbers, but a latent of shape ${shown(latentShape)} has ${size}.`);
  if (!isWithin(k, 1, MOST_COMPONENTS)) fail(`it has ${k} components, expected 1 to ${MOST_COMPONENTS}.`);
  const pixels = count * height * width * channels;
  const lengths = {
    errors: count,
    components: k * d,
    scores: count * k,
    originals: pixels,
    reconstructions: pixels,
    inputs: pixels,
    labels: count,
  };
  for (const [name, length] of Object.entries(lengths)) {
    const array = exploration[name as keyof typeof lengths];
    if (array && array.length !== length) fail(`${name} has ${array.length} values, expected ${length}.`);
  }
  if (labels !== undefined && classNames.length === 0) fail('it has labels but no class names.');
  if (labels === undefined && classNames.length > 0) fail('it has class names but no labels.');
  const wrong = labels?.findIndex((label) => label >= classNames.length) ?? -1;
  if (labels && wrong >= 0) {
    fail(`label ${wrong} is ${labels[wrong]}, expected a number below the ${classNames.length} classes.`);
  }
}

function checkNumbers(exploration: Exploration): void {
  for (const name of ['mean', 'components', 'scores', 'errors', 'explainedVarianceRatio'] as const) {
    const values = exploration[name];
    const wrong = values.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) fail(`${name} has ${values[wrong]} at ${wrong}, expected finite numbers.`);
  }
  const { errors, explainedVarianceRatio: ratios } = exploration;
  const negative = errors.findIndex((error) => error < 0);
  if (negative >= 0) fail(`the error of image ${negative} is ${errors[negative]}, expected a number from 0.`);
  const beyond = ratios.findIndex((ratio) => ratio < 0 || ratio > 1);
  if (beyond >= 0) fail(`component ${beyond} has ${ratios[beyond]} of the variance, expected a number from 0 to 1.`);
}

function checkNeighbours({ neighbours, count }: Exploration): void {
  const each = neighbours.length / count;
  if (!Number.isInteger(each) || each >= count) {
    fail(`it has ${neighbours.length} neighbours of ${count} images, expected as many for each, fewer than images.`);
  }
  for (let at = 0; at < neighbours.length; at++) {
    const image = Math.floor(at / each);
    if (neighbours[at] < count && neighbours[at] !== image) continue;
    fail(`image ${image} has ${neighbours[at]} for a neighbour, expected the index of another of ${count} images.`);
  }
}
