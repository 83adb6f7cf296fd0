import { isModelKey, modelTitle } from './model-keys.js';

/** The text in a model's file that holds its card. */
const CARD = 'card';

/** From which error on a picture counts as an anomaly. */
export interface ScoreCard {
  /** What is measured of a picture: its mean squared error, in squared pixel intensity. */
  readonly name: 'mse';
  readonly threshold: number;
  /** Fraction of the validation images at or below the threshold. */
  readonly quantile: number;
}

/**
 * What a model was trained on and how its pictures were prepared: all that is needed to use it. It lies in the model's
 * file as JSON.
 */
export interface ModelCard {
  /** Key of the model, such as `cae`. */
  readonly model: string;
  /** Name of the data set, or of the folder of pictures. */
  readonly dataset: string;
  /** Size of the images that it takes, in pixels. */
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** By what bytes are multiplied: 1 / 255. */
  readonly scale: number;
  /** The filter by which whole pictures are resized to that size; left out where they are not. */
  readonly resize?: string;
  /** Length of the square tiles that pictures are cut into, and how many pixels they share, where they are cut. */
  readonly tile?: number;
  readonly overlap?: number;
  readonly classNames: readonly string[];
  /** Kind and strength of the noise that it takes away, such as `gaussian:0.4`; left out if it takes none away. */
  readonly noise?: string;
  /** The text of the loss, such as `mse`. */
  readonly loss: string;
  readonly seed: number;
  readonly epochs: number;
  /** SHA-256 of the images and labels that it was trained and tested on. */
  readonly dataSha256: { readonly train: string; readonly test: string };
  /** From the validation images; left out where nothing was held out. */
  readonly score?: ScoreCard;
}

/** The texts that go into a model's file. */
export function modelCard(card: ModelCard): Record<string, string> {
  return { [CARD]: JSON.stringify(card) };
}

const isText = (value: unknown) => typeof value === 'string';
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isLength = (value: unknown) => isCount(value) && (value as number) > 0;
const isPositive = (value: unknown) => Number.isFinite(value) && (value as number) > 0;
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isFraction = (value: unknown) => Number.isFinite(value) && (value as number) >= 0 && (value as number) <= 1;

/** What each entry has to be: a file may come from anywhere, and what is none of this is left out. */
const ENTRIES: Readonly<Record<keyof ModelCard, (value: unknown) => boolean>> = {
  model: isText,
  dataset: isText,
  height: isLength,
  width: isLength,
  channels: isLength,
  scale: isPositive,
  resize: isText,
  tile: isLength,
  overlap: isCount,
  classNames: (value) => Array.isArray(value) && value.every(isText),
  noise: isText,
  loss: isText,
  seed: isCount,
  epochs: isCount,
  dataSha256: (value) => isRecord(value) && isText(value.train) && isText(value.test),
  score: (value) =>
    isRecord(value) && value.name === 'mse' && Number.isFinite(value.threshold) && isFraction(value.quantile),
};

/**
 * The card of a model from the texts of its file. A file of Weft 0.1 says less, one from elsewhere nothing.
 *
 * @param texts metadata of a safetensors file
 */
export function readModelCard(texts: Readonly<Record<string, string>>): Partial<ModelCard> {
  const entries = texts[CARD] === undefined ? firstEntries(texts) : parsed(texts[CARD]);
  const known = Object.entries(ENTRIES).filter(([name, fits]) => Object.hasOwn(entries, name) && fits(entries[name]));
  return Object.fromEntries(known.map(([name]) => [name, entries[name]]));
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

/** Weft 0.1 wrote a text for each of a few entries. */
function firstEntries(texts: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  const { model, dataset, seed, epochs, noiseFactor } = texts;
  const numeric = (text: string | undefined) => (text === undefined ? Number.NaN : Number(text));
  const strength = numeric(noiseFactor);
  return {
    ...(model !== undefined && isModelKey(model) && { model }),
    dataset,
    seed: numeric(seed),
    epochs: numeric(epochs),
    ...(Number.isFinite(strength) && { noise: `gaussian:${strength}` }),
  };
}

/** Pictures as a model is to take them. */
export interface GivenPictures {
  /** For messages, such as Fashion-MNIST. */
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/**
 * What of pictures does not fit a model, in sentences; empty if they fit.
 *
 * @param card with at least the size of the model's images
 */
export function checkFits(
  { model, height, width, channels }: Pick<ModelCard, 'height' | 'width' | 'channels'> & { readonly model?: string },
  pictures: GivenPictures,
): string[] {
  const whose = model === undefined ? 'The model' : `The ${modelTitle(model)}`;
  const faults: string[] = [];
  if (height !== pictures.height || width !== pictures.width) {
    faults.push(
      `${whose} takes images of ${height} x ${width} pixels, but ${pictures.name} has ${pictures.height} x ${pictures.width}.`,
    );
  }
  if (channels !== pictures.channels) {
    const counted = (count: number) => `${count} channel${count === 1 ? '' : 's'}`;
    faults.push(
      `${whose} takes images of ${counted(channels)}, but ${pictures.name} has ${counted(pictures.channels)}.`,
    );
  }
  return faults;
}
