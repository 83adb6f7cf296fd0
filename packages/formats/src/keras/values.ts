import { shown } from '../safetensors/shown.js';
import { KerasError } from './error.js';
import { camel, snake } from './names.js';

type Data = Readonly<Record<string, unknown>>;

/** Whether a value is an object, and no array. */
export const isRecord = (value: unknown): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const upper = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
const lower = (name: string) => `${name.charAt(0).toLowerCase()}${name.slice(1)}`;

const CONSTRAINTS: Readonly<Record<string, readonly string[]>> = {
  maxNorm: ['maxValue', 'axis'],
  nonNeg: [],
  unitNorm: ['axis'],
  minMaxNorm: ['minValue', 'maxValue', 'rate', 'axis'],
};

const INITIALIZERS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    ['glorotUniform', 'glorotNormal', 'heUniform', 'heNormal', 'lecunUniform', 'lecunNormal', 'zeros', 'ones'].map(
      (name) => [name, []],
    ),
  ),
  varianceScaling: ['scale', 'mode', 'distribution'],
  randomNormal: ['mean', 'stddev'],
  truncatedNormal: ['mean', 'stddev'],
  randomUniform: ['minval', 'maxval'],
  orthogonal: ['gain'],
  identity: ['gain'],
  constant: ['value'],
};

/** Options whose values are words, such as `fan_in`. */
const WORDS = ['mode', 'distribution'];

/** Class and options of something that Keras has serialised: `{ class_name, config }`, or a name alone. */
function serialised(value: unknown): { readonly name: string; readonly config: Data } {
  if (typeof value === 'string') return { name: camel(value), config: {} };
  const { class_name: name, config } = isRecord(value) ? value : {};
  return { name: typeof name === 'string' ? lower(name) : '', config: isRecord(config) ? config : {} };
}

const word = (name: string, value: unknown, change: (text: string) => string) =>
  WORDS.includes(name) && typeof value === 'string' ? change(value) : value;

/** The options of Keras's that ours has, too. */
function taken(known: readonly string[], config: Data): Data {
  const entries = known.map((name) => [name, word(name, config[snake(name)], camel)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null));
}

/**
 * An option's value as Weft has it.
 *
 * @param label the layer, for messages
 * @throws KerasError for a penalty, a constraint or an activation that Weft does not have
 */
export function fromKeras(label: string, option: string, value: unknown): unknown {
  const missing = (what: string): never => {
    throw new KerasError(`${label}: ${snake(option)}: Weft has no such ${what}: ${shown(value)}.`);
  };
  if (option === 'activation') return typeof value === 'string' ? camel(value) : missing('activation');
  if (option.endsWith('Initializer')) {
    const { name, config } = serialised(value);
    // The weights that it would draw are read from the file.
    if (!Object.hasOwn(INITIALIZERS, name)) return undefined;
    const options = taken(INITIALIZERS[name], config);
    return Object.keys(options).length === 0 ? name : { name, ...options };
  }
  if (option.endsWith('Regularizer')) {
    const { name, config } = serialised(value);
    if (!['l1', 'l2', 'l1L2'].includes(name)) return missing('penalty');
    return typeof value === 'string' ? name : taken(['l1', 'l2'], config);
  }
  if (option.endsWith('Constraint')) {
    const { name, config } = serialised(value);
    return Object.hasOwn(CONSTRAINTS, name) ? { name, ...taken(CONSTRAINTS[name], config) } : missing('constraint');
  }
  return value;
}

/** An option's value as Keras has it. */
export function toKeras(option: string, value: unknown): unknown {
  if (option === 'activation') return snake(String(value));
  if (option.endsWith('Regularizer')) return object('regularizers', 'L1L2', value as Data);
  if (!option.endsWith('Initializer') && !option.endsWith('Constraint')) return value;
  const { name, ...options } = (typeof value === 'string' ? { name: value } : value) as Data;
  return object(option.endsWith('Constraint') ? 'constraints' : 'initializers', upper(String(name)), options);
}

function object(module: string, name: string, options: Data) {
  const config = Object.entries(options).map(([key, value]) => [snake(key), word(key, value, snake)]);
  return { module: `keras.${module}`, class_name: name, config: Object.fromEntries(config) };
}
