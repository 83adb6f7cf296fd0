import { isOfKind } from '../operations/table.js';
import type { Operation, Program } from '../trace/program.js';
import type { Group } from './group.js';
import type { KernelKind } from './kernels.js';
import { producers, rootOf, viewOf } from './space.js';
import { isInLoop, isViewOf } from './views.js';

/**
 * Finds the group that an operation joins, or undefined where the rule says nothing about it.
 *
 * @param index of the operation in the program
 */
export type GroupingRule = (grouping: Grouping, operation: Operation, index: number) => Group | undefined;

/** A program on its way into groups: which there are, and which value is computed in which. */
export class Grouping {
  readonly producer: readonly (Operation | undefined)[];
  readonly groups: Group[] = [];
  readonly groupOf = new Map<number, Group>();
  /** Views that have been given memory of their own. */
  private readonly materialised = new Set<number>();

  constructor(readonly program: Program) {
    this.producer = producers(program);
  }

  /** Whether a value is computed on the way by those who read it. */
  isView(value: number): boolean {
    return !this.materialised.has(rootOf(this.producer, value)) && isViewOf(this.producer, value);
  }

  /** The stored value that an operand is read from; none for a number. */
  sourceOf(value: number): number | undefined {
    const { program, producer } = this;
    return this.isView(value) ? viewOf(program, producer, value)?.source : rootOf(producer, value);
  }

  /** A new group, which holds no operation yet. */
  begin(operation: Operation, position: number): Group {
    const { name, outputs } = operation;
    const isAnchor = isOfKind(name, 'anchor');
    const isLoop = isOfKind(name, 'elementwise', 'reduction', 'view');
    const group: Group = {
      kind: isLoop ? 'loop' : (name as KernelKind),
      operations: [],
      anchor: isAnchor ? operation : undefined,
      hasReduction: false,
      space: isAnchor ? this.program.values[outputs[0]].shape : undefined,
      views: [],
      open: isAnchor || isInLoop(operation),
      position,
    };
    this.groups.push(group);
    return group;
  }

  /** Adds an operation to a group. Others from which it reads cannot grow any more. */
  add(group: Group, operation: Operation, index: number): void {
    for (const value of operation.inputs) this.close(this.sourceOf(value), group);
    group.operations.push(operation);
    group.position = index;
    for (const value of operation.outputs) this.groupOf.set(value, group);
  }

  /** Gives a view memory of its own, in a kernel at a position. */
  materialise(value: number, position: number): void {
    if (!this.isView(value)) return;
    const root = rootOf(this.producer, value);
    const operation = this.producer[root] as Operation;
    const group = this.begin(operation, position);
    for (const inner of operation.inputs) this.close(this.sourceOf(inner));
    group.operations.push(operation);
    this.groupOf.set(root, group);
    this.materialised.add(root);
  }

  private close(value: number | undefined, except?: Group): void {
    const group = value === undefined ? undefined : this.groupOf.get(value);
    if (group && group !== except) group.open = false;
  }
}
