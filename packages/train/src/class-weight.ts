import { formatShape, sizeOf } from '@weft/core/program';
import type { NamedExamples, Table } from './data.js';
import { classesOf, type Outputs } from './labels.js';
import { such } from './options/kinds.js';
import type { Kind } from './options/schema.js';

/** How much examples count, by label. */
export type ClassWeight = Readonly<Record<number, number>>;

export const CLASS_WEIGHT: Kind<ClassWeight> = such(
  'an object of numbers from 0 by whole labels from 0, such as { 0: 1, 1: 5 }',
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    !ArrayBuffer.isView(value) &&
    !(value instanceof Map) &&
    Object.entries(value).every(
      ([label, weight]) =>
        /^(?:0|[1-9]\d*)$/.test(label) && typeof weight === 'number' && weight >= 0 && weight < Infinity,
    ),
);

/**
 * Examples that count by the label of their target: its whole number, the largest of a one-hot vector, or 0 and 1. As
 * `class_weight` in Keras.
 *
 * @param classWeight undefined leaves the examples as they are
 * @param call        how errors begin
 * @param outputs     of the model
 * @param counted     examples that come first and are weighed; those behind them, held out for validation, are not
 * @throws RangeError if there is not one target of labels, a target is none, or a label is weighed that there cannot be
 */
export function withClassWeight(
  examples: NamedExamples,
  classWeight: ClassWeight | undefined,
  call: string,
  outputs: Outputs,
  counted: number,
): NamedExamples {
  if (!classWeight) return examples;
  // Targets that were left out are the inputs, and no labels.
  const inputs = Object.values(examples.inputs).map(({ values }) => values);
  const targets = Object.entries(examples.targets).filter(([, { values }]) => !inputs.includes(values));
  const [[name, target] = ['', undefined], other] = targets;
  if (!target || other || target.shape.length > 1) {
    const got = targets.map(([, { label, shape }]) => `${label} of shape ${formatShape(shape)}`);
    throw new RangeError(
      `${call}: classWeight needs one target, with a label or a one-hot vector for each example; got ${got.join(', ') || 'none'}. Give sampleWeight instead.`,
    );
  }
  if (target.records) {
    throw new RangeError(
      `${call}: classWeight needs labels in memory, and ${target.label} holds records. Give an Int32Array, or sampleWeight.`,
    );
  }
  checkLabels(
    classWeight,
    call,
    classesOf(outputs, name, target) ?? (sizeOf(target.shape) > 1 ? sizeOf(target.shape) : Infinity),
  );
  const own = examples.sampleWeight?.values;
  const weights = new Map(Object.entries(classWeight).map(([label, weight]) => [Number(label), weight]));
  const values = Float32Array.from({ length: examples.count }, (_, example) => {
    const weight = example < counted ? (weights.get(labelOf(target, example, call)) ?? 1) : 1;
    return weight * (own?.[example] ?? 1);
  });
  const table: Table = { label: 'sampleWeight', values, dtype: 'float32', scale: 1, shape: [] };
  return { ...examples, sampleWeight: table };
}

/** @throws RangeError if a label is weighed that no target can have */
function checkLabels(classWeight: ClassWeight, call: string, classes: number): void {
  const unknown = Object.keys(classWeight).find((label) => Number(label) >= classes);
  if (unknown === undefined) return;
  throw new RangeError(
    `${call}: classWeight has the label ${unknown}, but there are ${classes} classes, 0 to ${classes - 1}. Number labels from 0.`,
  );
}

/** @throws RangeError if the only number of a target is no label */
function labelOf({ label, values, shape, scale }: Table, example: number, call: string): number {
  const size = sizeOf(shape);
  const begin = example * size;
  if (size === 1) {
    const value = values[begin] * scale;
    if (Number.isInteger(value)) return value;
    throw new RangeError(
      `${call}: classWeight needs labels, but ${label} holds ${value} in example ${example} (from 0). Give whole numbers, or sampleWeight instead.`,
    );
  }
  let largest = 0;
  for (let at = 1; at < size; at++) {
    if (values[begin + at] > values[begin + largest]) largest = at;
  }
  return largest;
}
