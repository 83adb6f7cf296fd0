/** A learning rate from the begin of an epoch on. */
export interface RateChange {
  /** From 0. */
  readonly epoch: number;
  readonly rate: number;
}

/** What decides a training. The page's address holds it, and the same settings give the same weights everywhere. */
export interface Settings {
  /** Key of an autoencoder of `@weft/models`. */
  readonly model: string;
  readonly data: 'synthetic' | 'file';
  /** How many pictures are used, those that are held out included. */
  readonly images: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Standard deviation of the noise that models which denoise are given. */
  readonly noise: number;
  readonly seed: number;
  /** What the visitor has changed while it was trained, by rising epochs. */
  readonly rates: readonly RateChange[];
}

export const DEFAULTS: Settings = {
  model: 'cae',
  data: 'synthetic',
  images: 2000,
  epochs: 5,
  batchSize: 64,
  learningRate: 0.001,
  noise: 0.4,
  seed: 42,
  rates: [],
};

/** Part of the pictures, the last ones, that is held out: the losses on them show what is new to the model. */
export const VALIDATION_SPLIT = 0.2;

/** Numbers that the visitor chooses, with the least and the largest value, and whether they are whole. */
export const NUMBERS = {
  images: { least: 10, most: 60_000, whole: true },
  epochs: { least: 1, most: 1000, whole: true },
  batchSize: { least: 1, most: 4096, whole: true },
  learningRate: { least: 1e-6, most: 1, whole: false },
  noise: { least: 0, most: 2, whole: false },
  seed: { least: 0, most: 2 ** 32 - 1, whole: true },
} as const;

export type NumberName = keyof typeof NUMBERS;

/** Whether a setting can have a value. */
export function isAllowed(name: NumberName, value: number): boolean {
  const { least, most, whole } = NUMBERS[name];
  return value >= least && value <= most && (!whole || Number.isInteger(value));
}

/** The settings as a text of the address: those that are not the defaults. */
export function settingsText(settings: Settings): string {
  const entries = Object.entries({
    ...settings,
    rates: settings.rates.map(({ epoch, rate }) => `${epoch}:${rate}`).join(),
  });
  const others = entries.filter(([name, value]) => String(value) !== String(DEFAULTS[name as keyof Settings]));
  // Of a text for people: commas and colons may stay as they are.
  return others.map(([name, value]) => `${name}=${encodeURI(String(value))}`).join('&');
}

/**
 * Settings from the address.
 *
 * @param models keys of the models that there are
 * @returns the settings, and which parts of the text were none and have their defaults
 */
export function parseSettings(text: string, models: readonly string[]): { settings: Settings; ignored: string[] } {
  const settings: Record<string, unknown> = { ...DEFAULTS };
  const ignored: string[] = [];
  for (const [name, value] of new URLSearchParams(text)) {
    const read = readSetting(name, value, models);
    if (read === undefined) ignored.push(`${name}=${value}`);
    else settings[name] = read;
  }
  return { settings: settings as unknown as Settings, ignored };
}

function readSetting(name: string, value: string, models: readonly string[]): unknown {
  if (name === 'model') return models.includes(value) ? value : undefined;
  if (name === 'data') return value === 'synthetic' || value === 'file' ? value : undefined;
  if (name === 'rates') return readRates(value);
  if (!Object.hasOwn(NUMBERS, name) || value.trim() === '') return undefined;
  return isAllowed(name as NumberName, Number(value)) ? Number(value) : undefined;
}

function readRates(text: string): RateChange[] | undefined {
  const rates = text.split(',').map((part) => {
    const [epoch, rate] = part.split(':');
    return { epoch: Number(epoch), rate: Number(rate) };
  });
  const areGood = rates.every(
    ({ epoch, rate }, at) =>
      Number.isInteger(epoch) && epoch > (rates[at - 1]?.epoch ?? 0) && isAllowed('learningRate', rate),
  );
  return areGood ? rates : undefined;
}

/** The changes with one more, in the place of those from its epoch on. */
export function withRate(rates: readonly RateChange[], change: RateChange): RateChange[] {
  return [...rates.filter(({ epoch }) => epoch < change.epoch), change];
}
