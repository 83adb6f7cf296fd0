import type { KernelName } from '../operations/kinds.js';
import type { ValueType } from '../tensor/shape.js';
import type { Operation, Program } from '../trace/program.js';
import type { Group } from './group.js';
import { producers, rootOf } from './space.js';

/** What gives a kernel its form: an operation, or `loop` for element-wise operations, views and reductions. */
export type KernelKind = KernelName | 'loop';

/** What a kernel operation of a fused program carries. */
export interface KernelAttributes extends Record<string, unknown> {
  readonly kind: KernelKind;
  /** The operations that the kernel stands for: its inputs and outputs are the kernel's. */
  readonly body: Program;
}

/**
 * Writes groups as kernels, in their order. Values keep their numbers; reshapes are left only where the program's
 * own outputs are reshaped.
 *
 * @param isStored whether a value has memory of its own, rather than being a view that kernels compute on the way
 */
export function writeKernels(
  program: Program,
  groups: readonly Group[],
  isStored: (value: number) => boolean,
): Program {
  const producer = producers(program);
  const order = new Map(program.operations.map((operation, index) => [operation, index]));
  const drafts = groups.map((group) => {
    const members = new Set(group.operations);
    return { group, members, needed: sourcesOf(producer, members, isStored) };
  });
  const needed = new Set([
    ...drafts.flatMap((draft) => draft.needed),
    ...program.outputs.map((value) => rootOf(producer, value)),
  ]);

  const operations = drafts.map(({ group, members, needed: inputs }): Operation => {
    const sorted = [...members].sort((a, b) => (order.get(a) as number) - (order.get(b) as number));
    const outputs = sorted.flatMap((operation) => operation.outputs).filter((value) => needed.has(value));
    const body = bodyOf(program, producer, sorted, inputs, outputs);
    return {
      name: 'kernel',
      inputs,
      outputs,
      attributes: { kind: group.kind, body } satisfies KernelAttributes,
    };
  });
  const reshapes = program.outputs.flatMap((value): Operation[] => {
    const root = rootOf(producer, value);
    if (root === value) return [];
    return [{ name: 'reshape', inputs: [root], outputs: [value], attributes: { shape: program.values[value].shape } }];
  });
  return { ...program, operations: [...operations, ...new Map(reshapes.map((r) => [r.outputs[0], r])).values()] };
}

/** The stored values that a group reads from outside. */
function sourcesOf(
  producer: readonly (Operation | undefined)[],
  members: ReadonlySet<Operation>,
  isStored: (value: number) => boolean,
): number[] {
  const sources = new Set<number>();
  const visit = (value: number) => {
    const operation = producer[value];
    if (operation && members.has(operation)) return;
    if (operation && (operation.name === 'reshape' || !isStored(value))) operation.inputs.forEach(visit);
    else sources.add(value);
  };
  for (const operation of members) operation.inputs.forEach(visit);
  return [...sources];
}

/** The program of a kernel: its operations, and the views and reshapes between them and its inputs. */
function bodyOf(
  program: Program,
  producer: readonly (Operation | undefined)[],
  members: readonly Operation[],
  inputs: readonly number[],
  outputs: readonly number[],
): Program {
  const values: ValueType[] = [];
  const operations: Operation[] = [];
  const numbers = new Map<number, number>();
  const add = (value: number) => {
    numbers.set(value, values.push(program.values[value]) - 1);
  };
  const write = (operation: Operation) => {
    for (const value of operation.inputs) {
      const before = producer[value];
      if (!numbers.has(value) && before) write(before);
    }
    if (operation.outputs.every((value) => numbers.has(value))) return;
    operation.outputs.forEach(add);
    const renumber = (list: readonly number[]) => list.map((value) => numbers.get(value) as number);
    operations.push({ ...operation, inputs: renumber(operation.inputs), outputs: renumber(operation.outputs) });
  };
  inputs.forEach(add);
  members.forEach(write);
  const renumber = (list: readonly number[]) => list.map((value) => numbers.get(value) as number);
  return { values, operations, inputs: renumber(inputs), outputs: renumber(outputs) };
}
