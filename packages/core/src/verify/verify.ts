import type { KernelAttributes } from '../fuse/kernels.js';
import { wrongStorage } from '../operations/definition.js';
import { definitionOf, operationTable } from '../operations/table.js';
import { formatShape, sameShape, sizeOf, type ValueType } from '../tensor/shape.js';
import type { Operation, Program } from '../trace/program.js';
import { checkData } from './data.js';

/**
 * Checks a program: each value is computed once, before it is used; outputs exist; types are those that the operations'
 * records infer; attributes are plain JSON data; kernels fit their bodies, which are checked too.
 *
 * @param where begins the message of an error, such as the name of the pass that wrote the program
 * @throws TypeError that says which operation is wrong, and in what
 * @example
 * const { program } = trace([exp(tensor([1, 2]))]);
 * verify(program);
 * verify({ ...program, outputs: [99] }); // throws TypeError
 */
export function verify(program: Program, where = 'verify'): void {
  const { values, inputs, operations, outputs } = program;
  values.forEach((type, value) => {
    if (!isType(type)) refuse(where, `value %${value} has no type that Weft knows: ${JSON.stringify(type)}`);
  });
  const known = new Set<number>();
  const add = (value: number, what: string) => {
    if (!values[value]) refuse(where, `${what} is %${value}, and the program has values %0 to %${values.length - 1}`);
    if (known.has(value)) refuse(where, `${what} is %${value}, which is there already`);
    known.add(value);
  };
  inputs.forEach((value, which) => {
    add(value, `input ${which}`);
  });
  operations.forEach((operation, index) => {
    const here = `operation ${index}, ${describe(operation)}`;
    for (const value of operation.inputs) {
      if (!known.has(value)) refuse(where, `${here}, reads %${value}, which is not computed before it`);
    }
    for (const value of operation.outputs) add(value, `${here}: an output`);
    checkData(operation.attributes, (problem) =>
      refuse(where, `${here}: its attributes are no plain data: ${problem}`),
    );
    checkOperation(program, operation, where, here);
  });
  outputs.forEach((value, which) => {
    if (!known.has(value)) refuse(where, `output ${which} is %${value}, which nothing computes`);
  });
}

function checkOperation(program: Program, operation: Operation, where: string, here: string): void {
  const inputs = operation.inputs.map((value) => program.values[value]);
  const outputs = operation.outputs.map((value) => program.values[value]);
  const compare = (what: string, got: readonly ValueType[], want: readonly ValueType[]) => {
    const isSame = got.length === want.length && got.every((type, which) => sameType(type, want[which]));
    if (!isSame) refuse(where, `${here}: ${what} ${formatTypes(got)}, but ${formatTypes(want)} is right`);
  };
  if (operation.name === 'kernel') {
    const { kind, body } = operation.attributes as KernelAttributes;
    verify(body, `${where}: ${here}, its body`);
    compare(`its ${kind} kernel reads`, inputs, typesOf(body, body.inputs));
    compare(`its ${kind} kernel writes`, outputs, typesOf(body, body.outputs));
  } else if (operation.name === 'gradient') {
    const [loss, ...parameters] = inputs;
    if (!loss || sizeOf(loss.shape) !== 1) refuse(where, `${here}: the loss is ${formatTypes([loss])}, no number`);
    compare('its outputs are', outputs, parameters);
  } else {
    if (!operationTable.has(operation.name)) refuse(where, `${here}: Weft has no operation "${operation.name}"`);
    compare('its outputs are', outputs, infer(operation, inputs, where, here));
  }
}

function infer(operation: Operation, inputs: readonly ValueType[], where: string, here: string) {
  const definition = definitionOf(operation.name);
  const wrong = wrongStorage(definition, inputs);
  if (wrong) refuse(where, `${here}: it takes ${wrong.expected}, not ${formatTypes([wrong.got])}`);
  try {
    return definition.infer(inputs, operation.attributes);
  } catch (error) {
    refuse(where, `${here}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function describe({ name, inputs }: Operation): string {
  return `${name}(${inputs.map((value) => `%${value}`).join(', ')})`;
}

const typesOf = ({ values }: Program, numbers: readonly number[]) => numbers.map((value) => values[value]);

const sameType = (a: ValueType, b: ValueType) => a.dtype === b.dtype && sameShape(a.shape, b.shape);

const formatTypes = (types: readonly ValueType[]) =>
  types.map((type) => (type ? `${type.dtype}${formatShape(type.shape)}` : 'nothing')).join(' and ') || 'nothing';

const DTYPES = new Set(['float32', 'int32', 'uint8', 'uint32']);

function isType(type: ValueType | undefined): boolean {
  const isLength = (length: number) => Number.isSafeInteger(length) && length >= 0;
  return type !== undefined && DTYPES.has(type.dtype) && Array.isArray(type.shape) && type.shape.every(isLength);
}

function refuse(where: string, what: string): never {
  throw new TypeError(`${where}: ${what}.`);
}

let isVerifying = false;

/**
 * Whether programs are verified after every pass where `CompileOptions.verify` does not say. Off; tests turn it on.
 *
 * @example
 * setVerification(true);
 * compute([exp(tensor([1, 2]))])[0].length; // 2
 * setVerification(false);
 */
export function setVerification(isOn: boolean): void {
  isVerifying = isOn;
}

/** Verifies what a pass has written, if that is asked for. */
export function verifyPass(program: Program, pass: string, isAsked = isVerifying): void {
  if (isAsked) verify(program, `After the pass "${pass}"`);
}
