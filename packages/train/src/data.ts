import type { DType, Shape } from '@weft/core';
import { formatShape, sameShape, sizeOf } from '@weft/core/program';
import type { BaseModel } from '@weft/nn';
import { shown } from './options/shown.js';
import { checkRecords, type ExampleRecords, isRecords, recordTable } from './records/example-records.js';

/** Values of examples one after another, row-major. */
export type ExampleValues = Float32Array | Int32Array | Uint8Array;

/** An array of examples, and what its numbers mean. */
export interface DescribedArray {
  readonly data: ExampleValues;
  /** What each number is multiplied by: `1 / 255` makes numbers from 0 to 1 of the bytes of pictures. Default 1. */
  readonly scale?: number;
  /** Shape of one example. Default: that of the model's input or output, or [] for one number an example. */
  readonly shape?: Shape;
}

/** Examples: floats, integers such as labels, described arrays, or records that are read. Bytes need their scale. */
export type ExampleArray = Float32Array | Int32Array | DescribedArray | ExampleRecords;

/** One array, or several by the names of a model's inputs or outputs. */
export type ExampleArrays = ExampleArray | Readonly<Record<string, ExampleArray>>;

/** What a model is trained on. */
export interface Examples {
  /** Inputs, each [count, ...shape of the input]. */
  readonly x: ExampleArrays;
  /** Targets. Default: the inputs, where the model's output has their shape. */
  readonly y?: ExampleArrays;
  /** How much each example counts: [count]. Default 1. */
  readonly sampleWeight?: Float32Array;
}

/** One array of examples as programs see it. */
export interface Table {
  /** As errors name it, such as `x` or `y.labels`. */
  readonly label: string;
  readonly values: ExampleValues;
  readonly dtype: DType;
  readonly scale: number;
  readonly shape: Shape;
  /** Where values come from that are not in memory: `values` is then empty. */
  readonly records?: ExampleRecords;
}

/** Examples by the names of inputs and targets. */
export interface NamedExamples {
  readonly count: number;
  readonly inputs: Readonly<Record<string, Table>>;
  /** Without an entry where a loss needs no target. */
  readonly targets: Readonly<Record<string, Table>>;
  readonly sampleWeight: Table | undefined;
  /** Numbers of the examples, where these do not follow from their places. */
  readonly numbers?: Uint32Array;
}

const isArray = (values: unknown): values is ExampleValues =>
  values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array;

const isDescribed = (values: unknown): values is DescribedArray =>
  typeof values === 'object' && values !== null && isArray((values as Partial<DescribedArray>).data);

/** What to do instead, for what people give. */
function advice(label: string, given: unknown): string {
  if (Array.isArray(given)) {
    return ` Give Float32Array.from(${given.some(Array.isArray) ? `${label}.flat(Infinity)` : label}).`;
  }
  if (given instanceof Float64Array) return ` Give Float32Array.from(${label}).`;
  if (given instanceof Uint8ClampedArray) return ` Give { data: Uint8Array.from(${label}), scale: 1 / 255 }.`;
  if (ArrayBuffer.isView(given)) return ` Give Int32Array.from(${label}) for labels, or Float32Array.from(${label}).`;
  return '';
}

/** @throws TypeError if it is not an array of examples, or bytes without a scale */
function describedOf(label: string, given: unknown): DescribedArray | ExampleRecords {
  if (given instanceof Uint8Array) {
    throw new TypeError(
      `${label}: got a Uint8Array without its scale. Give { data: ${label}, scale: 1 / 255 } for the bytes of ` +
        `pictures, or Int32Array.from(${label}) for labels and other whole numbers.`,
    );
  }
  if (isArray(given)) return { data: given };
  if (isRecords(given)) checkRecords(label, given);
  else if (isDescribed(given)) {
    for (const key of Object.keys(given)) {
      if (!['data', 'scale', 'shape'].includes(key)) {
        throw new RangeError(`${label}: there is no field '${key}'. An array of examples is { data, scale, shape }.`);
      }
    }
    if (given.data instanceof Uint8Array && given.scale === undefined) return describedOf(label, given.data);
  } else {
    throw new TypeError(
      `${label}: got ${shown(given)}; expected a Float32Array, an Int32Array, or { data, scale, shape }.` +
        advice(label, given),
    );
  }
  const { scale, shape } = given;
  if (scale !== undefined && !(typeof scale === 'number' && Number.isFinite(scale))) {
    throw new RangeError(`${label}: the scale is ${shown(scale)}; expected a finite number, such as 1 / 255.`);
  }
  if (shape !== undefined && !(Array.isArray(shape) && shape.every((n) => Number.isSafeInteger(n) && n >= 1))) {
    throw new RangeError(
      `${label}: the shape is ${shown(shape)}; expected lengths of one example, such as [28, 28, 1].`,
    );
  }
  return given;
}

/** An array with the shape of its examples. */
function tableOf(label: string, given: unknown, shape: Shape): Table {
  const described = describedOf(label, given);
  if (isRecords(described)) return recordTable(label, described, shape);
  const { data, scale = 1 } = described;
  const count = data.length / sizeOf(shape);
  if (!Number.isInteger(count) || count === 0) {
    throw new RangeError(
      `${label}: ${data.length} values are not a whole number of examples of shape ${formatShape(shape)}, which take ` +
        `${sizeOf(shape)} each.`,
    );
  }
  // Whole numbers that are scaled are whole no more; bytes with a scale are numbers that were stored shortly.
  const dtype = data instanceof Uint8Array ? 'uint8' : data instanceof Int32Array && scale === 1 ? 'int32' : 'float32';
  const values = data instanceof Int32Array && dtype === 'float32' ? Float32Array.from(data) : data;
  return { label, values, dtype, scale, shape };
}

/** How many examples a table has. */
export const countOf = ({ values, shape, records }: Table): number => records?.count ?? values.length / sizeOf(shape);

/** Arrays by name: one alone belongs to the only name there is. */
function byName(role: string, given: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  const isRecord =
    typeof given === 'object' &&
    given !== null &&
    !Array.isArray(given) &&
    !ArrayBuffer.isView(given) &&
    !isRecords(given) &&
    !('data' in given);
  if (isRecord) return given as Record<string, unknown>;
  if (names.length !== 1) {
    throw new TypeError(`${role}: got ${shown(given)}; expected a record of arrays by name: { ${names.join(', ')} }.`);
  }
  return { [names[0]]: given };
}

/** The inputs of a model by name. */
export function inputTables(model: BaseModel, x: unknown, role = 'x'): Record<string, Table> {
  const arrays = byName(
    role,
    x,
    model.inputs.map(({ name }) => name),
  );
  const unknown = Object.keys(arrays).find((name) => !model.inputs.some((input) => input.name === name));
  if (unknown !== undefined) {
    throw new RangeError(
      `${role}: the model ${model.name} has no input '${unknown}'. Its inputs are ${model.inputs.map(({ name }) => name).join(', ')}.`,
    );
  }
  return Object.fromEntries(
    model.inputs.map(({ name, shape }) => {
      const label = model.inputs.length === 1 ? role : `${role}.${name}`;
      if (!(name in arrays))
        throw new RangeError(`${label}: there is no array for the input '${name}' of ${model.name}.`);
      const given = describedOf(label, arrays[name]);
      if (given.shape && !sameShape(given.shape, shape)) {
        throw new RangeError(
          `${label}: its examples have shape ${formatShape(given.shape)}, but the model's input is ${formatShape(shape)}.`,
        );
      }
      return [name, tableOf(label, given, shape)];
    }),
  );
}

/** The targets by name: those of outputs have the outputs' shapes, or one number an example. */
function targetTables(model: BaseModel, y: unknown, count: number, role: string): Record<string, Table> {
  const outputs = new Map(model.outputs.map(({ name, shape }) => [name, shape]));
  const arrays = byName(role, y, [...outputs.keys()]);
  const isOnly = Object.keys(arrays).length === 1;
  return Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => {
      const label = isOnly ? role : `${role}.${name}`;
      const given = describedOf(label, array);
      const output = outputs.get(name);
      const values = isRecords(given) ? count * sizeOf(output ?? []) : given.data.length;
      const shape = given.shape ?? shapeOfTarget(values, count, output);
      if (!shape) {
        throw new RangeError(
          `${label}: ${values} values for ${count} inputs are ${values / count} for each, ` +
            `but the output '${name}' is ${output ? formatShape(output) : 'not there'}. Give { data, shape } with the shape of one target.`,
        );
      }
      return [name, tableOf(label, given, shape)];
    }),
  );
}

/** Shape of one target: that of the output, or [] for one number an example. */
function shapeOfTarget(values: number, count: number, output: Shape | undefined): Shape | undefined {
  if (output && sizeOf(output) === values / count) return output;
  if (values === count) return [];
  // Whole targets, though not one for each input: the numbers of both are compared, and told, later.
  return output && values % sizeOf(output) === 0 ? output : undefined;
}

/**
 * Examples as programs see them.
 *
 * @param prefix what the arrays' labels begin with
 * @throws RangeError if arrays do not fit the model or each other; TypeError if they are not such arrays
 */
export function namedExamples(call: string, model: BaseModel, data: Examples, prefix = ''): NamedExamples {
  if (typeof data !== 'object' || data === null || !('x' in data)) {
    throw new TypeError(`${call}: the examples are ${shown(data)}; expected an object { x } or { x, y }.`);
  }
  const unknown = Object.keys(data).find((key) => !['x', 'y', 'sampleWeight'].includes(key));
  if (unknown !== undefined) {
    throw new RangeError(`${call}: the examples have no field '${unknown}'. Give { x, y, sampleWeight }.`);
  }
  const inputs = inputTables(model, data.x, `${prefix}x`);
  const [first] = Object.values(inputs);
  const count = countOf(first);
  const { y, sampleWeight: weights } = data;
  const targets =
    y === undefined ? inputsAsTargets(model, inputs, `${prefix}y`) : targetTables(model, y, count, `${prefix}y`);
  const sampleWeight = weights === undefined ? undefined : weightsOfExamples(`${prefix}sampleWeight`, weights);
  for (const table of [...Object.values(inputs), ...Object.values(targets), ...(sampleWeight ? [sampleWeight] : [])]) {
    if (countOf(table) !== count) {
      throw new RangeError(`${table.label}: it holds ${countOf(table)} examples, but ${first.label} holds ${count}.`);
    }
  }
  return { count, inputs, targets, sampleWeight };
}

function weightsOfExamples(label: string, given: unknown): Table {
  const table = tableOf(label, given, []);
  if (table.dtype === 'float32') return table;
  throw new TypeError(`${label}: got whole numbers; expected a Float32Array with a number for each example.`);
}

/** A model that is to give back its inputs needs no targets. Of other models the loss may need none. */
function inputsAsTargets(
  model: BaseModel,
  inputs: Readonly<Record<string, Table>>,
  label: string,
): Record<string, Table> {
  const [input, second] = model.inputs;
  const [output, other] = model.outputs;
  const isAutoencoder = !second && !other && sameShape(input.shape, output.shape);
  return isAutoencoder ? { [output.name]: { ...inputs[input.name], label } } : {};
}

/** @throws RangeError naming the output that has no target */
export function requireTarget(model: BaseModel, targets: Readonly<Record<string, unknown>>, output: string): void {
  if (output in targets) return;
  const shapes = `inputs ${model.inputs.map(({ shape }) => formatShape(shape)).join(', ')}`;
  throw new RangeError(
    `y: there is no target for the output '${output}' of ${model.name}, which makes ` +
      `${model.outputs.map(({ shape }) => formatShape(shape)).join(', ')} of ${shapes}. Give y.`,
  );
}
