import { AUTOENCODERS, type KindOptions, type ModelKey } from '@weft/models';
import { choice, flag, type Kind, number, wholeNumber } from '../arguments/kinds.js';
import { kebab, option, type Values } from '../arguments/table.js';
import { UsageError } from '../exit.js';

/** Whole numbers from 1 with commas between them, as a text. */
const lengths: Kind<string> = {
  placeholder: 'N,...',
  expected: 'whole numbers from 1 with commas between them, such as 32,64',
  example: '32,64',
  read(text) {
    const words = text.split(',').map((word) => word.trim());
    return words.every((word) => /^[1-9]\d{0,5}$/.test(word)) ? words.join() : undefined;
  },
};

type ModelOptionName = keyof KindOptions;

const own = "the model's own";

/** The models that have an option. */
function modelsWith(name: ModelOptionName): ModelKey[] {
  return (Object.keys(AUTOENCODERS) as ModelKey[]).filter((key) => AUTOENCODERS[key].options.includes(name));
}

/** A help that names the models which have the option. */
const helpOf = (name: ModelOptionName, text: string) => `${text} Of ${modelsWith(name).join(', ') || 'no model'}.`;

/** Options of single models, by their names in `@weft/models`. */
export const modelOptions = {
  filters: option<string | undefined>({
    kind: lengths,
    default: undefined,
    defaultText: own,
    help: helpOf('filters', 'Filters of the convolutions at each size, from the largest to the smallest.'),
  }),
  latentSize: option<number | undefined>({
    kind: wholeNumber(1),
    default: undefined,
    defaultText: own,
    help: helpOf('latentSize', 'Numbers in a latent.'),
  }),
  units: option<string | undefined>({
    kind: lengths,
    default: undefined,
    defaultText: own,
    help: helpOf('units', 'Units of the layers between image and latent.'),
  }),
  depth: option<number | undefined>({
    kind: wholeNumber(0),
    default: undefined,
    defaultText: own,
    help: helpOf('depth', 'Residual blocks at each size.'),
  }),
  batchNormalization: option({
    kind: flag,
    default: false,
    help: helpOf('batchNormalization', 'Normalise batches after convolutions.'),
  }),
  beta: option<number | undefined>({
    kind: number({ from: 0, example: 1 }),
    default: undefined,
    defaultText: own,
    help: helpOf('beta', 'Weight of the divergence in the loss.'),
  }),
  l1: option<number | undefined>({
    kind: number({ from: 0, example: 1e-6 }),
    default: undefined,
    defaultText: own,
    help: helpOf('l1', "Weight of the sum of the latent's absolute values in the loss."),
  }),
  rate: option<number | undefined>({
    kind: number({ from: 0, below: 1, example: 0.1 }),
    default: undefined,
    defaultText: own,
    help: helpOf('rate', 'Part of the activations that are dropped in training.'),
  }),
  critic: option<'reconstructions' | 'latents' | undefined>({
    kind: choice('reconstructions', 'latents'),
    default: undefined,
    defaultText: own,
    help: helpOf('critic', 'What the critic judges.'),
  }),
  criticWeight: option<number | undefined>({
    kind: number({ from: 0, example: 0.001 }),
    default: undefined,
    defaultText: own,
    help: helpOf('criticWeight', 'Weight of what the critic says in the loss.'),
  }),
} as const satisfies Readonly<Record<keyof KindOptions, unknown>>;

const NAMES = Object.keys(modelOptions) as ModelOptionName[];

/** Whether an option was asked for: flags have a default, the others none. */
const isGiven = (value: unknown) => value !== undefined && value !== false;

/** @throws UsageError for an option that none of the models has */
export function checkModelOptions(values: Partial<Values<typeof modelOptions>>, keys: readonly ModelKey[]): void {
  for (const name of NAMES.filter((each) => isGiven(values[each]))) {
    const having = modelsWith(name);
    if (having.some((key) => keys.includes(key))) continue;
    const advice = having.length === 0 ? 'No model has it.' : `It is an option of ${having.join(', ')}.`;
    throw new UsageError(
      `--${kebab(name)}: ${keys.join(', ')} ${keys.length === 1 ? 'has' : 'have'} no such option. ${advice} Leave it out, or choose --model ${having[0] ?? keys[0]}.`,
    );
  }
}

/** The options of one model, of all that were given. */
export function optionsOfModel(values: Partial<Values<typeof modelOptions>>, key: ModelKey): KindOptions {
  const names = AUTOENCODERS[key].options.filter((name) => isGiven(values[name]));
  return Object.fromEntries(
    names.map((name) => {
      const value = values[name];
      const isList = name === 'filters' || name === 'units';
      return [name, isList ? String(value).split(',').map(Number) : value];
    }),
  );
}
