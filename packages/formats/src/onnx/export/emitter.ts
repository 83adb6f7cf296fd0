import { jsonOf, type Operation } from '@weft/core/program';
import { TO_CHANNELS_FIRST } from '../permute.js';
import type { Length, SymbolicProgram } from '../symbolic.js';
import type { GraphBuilder } from './graph.js';
import { type Layout, type Value, ValueNames } from './values.js';

/** Where the axes of Weft's images stand in ONNX's. */
const AXES_FIRST = [0, 2, 3, 1];

/** What operators are written with: the program's values, and the graph that grows. */
export class Emitter {
  readonly names: ValueNames;
  /** Operations that were written together with another. */
  readonly done = new Set<Operation>();
  private readonly values: (Value | undefined)[];
  private readonly readers = new Map<number, Operation[]>();
  private readonly producers = new Map<number, Operation>();

  constructor(
    private readonly program: SymbolicProgram,
    readonly graph: GraphBuilder,
    batchOf: string,
    readonly opset: number,
  ) {
    this.names = new ValueNames(graph, batchOf);
    this.values = new Array(program.values.length);
    for (const operation of program.operations) {
      for (const value of operation.outputs) this.producers.set(value, operation);
      for (const value of operation.inputs) {
        this.readers.set(value, [...(this.readers.get(value) ?? []), operation]);
      }
    }
  }

  /** A value of the program that was written, or is a leaf. */
  value(number: number): Value {
    return this.values[number] as Value;
  }

  /** Says what a value is. */
  define(number: number, more: Partial<Value> = {}): Value {
    const value: Value = { ...this.program.values[number], names: new Map(), ...more };
    this.values[number] = value;
    return value;
  }

  /** Says that a value is one that is there already. */
  alias(number: number, value: Value): void {
    this.values[number] = value;
  }

  /** Whether operations of several kinds read a value: a weight then stands in the file as it is, once. */
  isReadInSeveralWays(number: number): boolean {
    const ways = (this.readers.get(number) ?? []).map(({ name, inputs, attributes }) => {
      return `${name} ${inputs.indexOf(number)} ${name === 'broadcast' ? '' : jsonOf(attributes)}`;
    });
    return new Set(ways).size > 1;
  }

  shape(number: number): readonly Length[] {
    return this.program.values[number].shape;
  }

  /** What computes a value. */
  producer(number: number): Operation | undefined {
    return this.producers.get(number);
  }

  /** The only operation that reads a value, if there is one and the value is no output. */
  onlyReader(number: number): Operation | undefined {
    const readers = this.readers.get(number) ?? [];
    return readers.length === 1 && !this.program.outputs.includes(number) ? readers[0] : undefined;
  }

  /** A node for an operation of one result. */
  write(
    { outputs: [output] }: Operation,
    layout: Layout,
    opType: string,
    inputs: readonly string[],
    attributes: Parameters<GraphBuilder['node']>[2] = {},
  ): void {
    this.define(output).names.set(layout, this.graph.node(opType, inputs, attributes));
  }

  /** The order of axes in which operands of one rank are written without moving anything. */
  layoutOf(operands: readonly number[], rank: number): Layout {
    if (rank !== 4) return 'last';
    const values = operands.map((number) => this.source(number)).filter(({ shape }) => shape.length === 4);
    return values.some((value) => this.names.isChannelsFirst(value)) ? 'first' : 'last';
  }

  /** A value, or what it repeats. */
  source(number: number): Value {
    const value = this.value(number);
    return value.repeated ?? value;
  }

  /** An axis of an image in a layout. */
  axis(axis: number, layout: Layout): number {
    return layout === 'first' ? AXES_FIRST[axis] : axis;
  }

  /** Numbers for each axis in a layout. */
  perAxis<T>(numbers: readonly T[], layout: Layout): readonly T[] {
    return layout === 'first' ? TO_CHANNELS_FIRST.map((axis) => numbers[axis]) : numbers;
  }
}

/** How an operation is written. */
export type Writer = (operation: Operation, emitter: Emitter) => void;
