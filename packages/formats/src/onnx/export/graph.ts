import type { DType, TypedArray } from '@weft/core';
import { type AttributeProto, ELEMENTS, type NodeProto, type TensorProto } from '../schema.js';

/** What an attribute may be: whole numbers, floats as `{ float }`, and texts. */
export type AttributeValue = number | string | readonly number[] | { readonly float: number };

const KINDS = { float: 1, int: 2, string: 3, ints: 7 } as const;

function attribute(name: string, value: AttributeValue): AttributeProto {
  const none = { floats: [], ints: [], strings: [] };
  if (typeof value === 'string') return { ...none, name, s: new TextEncoder().encode(value), type: KINDS.string };
  if (typeof value === 'number') return { ...none, name, i: value, type: KINDS.int };
  if ('float' in value) return { ...none, name, f: value.float, type: KINDS.float };
  return { ...none, name, ints: value, type: KINDS.ints };
}

/** A tensor as the file holds it. Bytes are little-endian, as the machines are that Weft runs on. */
function tensorProto(name: string, dtype: keyof typeof ELEMENTS, dims: readonly number[], data: ArrayBufferView) {
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const lists = { floatData: [], int32Data: [], int64Data: [], doubleData: [], uint64Data: [], externalData: [] };
  return { ...lists, name, dims, dataType: ELEMENTS[dtype], rawData };
}

/** The nodes and initializers of a graph that is being written. Every name stands for one value. */
export class GraphBuilder {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  /** The paths of weights by the names of initializers: one may stand there in several orders of axes. */
  readonly paths = new Map<string, string>();
  private readonly taken: Set<string>;
  /** New names by the old ones. */
  private readonly renamed = new Map<string, string>();
  private readonly small = new Map<string, string>();

  constructor(reserved: Iterable<string>) {
    this.taken = new Set(reserved);
  }

  /** A name that no other value has, like the one that is wished for. */
  free(wished: string): string {
    let name = wished;
    for (let count = 1; this.taken.has(name); count++) name = `${wished}_${count}`;
    this.taken.add(name);
    return name;
  }

  /** A node of one output; gives the output's name. */
  node(
    opType: string,
    input: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    wished = opType.toLowerCase(),
  ): string {
    const output = this.free(wished);
    const list = Object.entries(attributes).map(([name, value]) => attribute(name, value));
    this.nodes.push({ opType, input, output: [output], name: output, attribute: list });
    return output;
  }

  /** A tensor that stands in the file under a name that is its own. */
  initializer(name: string, dtype: DType | 'bool', dims: readonly number[], data: TypedArray): string {
    this.initializers.push(tensorProto(name, dtype, dims, data));
    return name;
  }

  /** A weight, or another array of a path. */
  weight(path: string, dtype: DType, dims: readonly number[], data: TypedArray): string {
    const name = this.free(path);
    this.paths.set(name, path);
    return this.initializer(name, dtype, dims, data);
  }

  /** A small constant; equal ones stand in the file once. */
  constant(wished: string, dtype: DType, dims: readonly number[], data: TypedArray): string {
    const key = `${dtype} ${dims.join()} ${Array.from(data, (value) => (Object.is(value, -0) ? '-0' : value)).join()}`;
    const name = this.small.get(key) ?? this.initializer(this.free(wished), dtype, dims, data);
    this.small.set(key, name);
    return name;
  }

  /** A list of whole numbers, such as a shape. */
  integers(wished: string, numbers: readonly number[]): string {
    const key = `int64 ${numbers.join()}`;
    const known = this.small.get(key);
    if (known !== undefined) return known;
    const name = this.free(wished);
    const data = BigInt64Array.from(numbers, BigInt);
    this.initializers.push(tensorProto(name, 'int64', [numbers.length], data));
    this.small.set(key, name);
    return name;
  }

  /** What a value is called now. */
  nameOf(name: string): string {
    return this.renamed.get(name) ?? name;
  }

  /** Gives a node's result another name. It cannot, and says so, where no node gives it or it has such a name already. */
  rename(from: string, to: string): boolean {
    const at = this.nodes.findIndex(({ output }) => output[0] === from);
    if (at < 0) return false;
    this.renamed.set(from, to);
    const change = (name: string) => (name === from ? to : name);
    this.nodes.forEach((node, index) => {
      this.nodes[index] = { ...node, input: node.input.map(change), output: node.output.map(change) };
    });
    return true;
  }

  /** Only what outputs depend on. */
  keepOnly(outputs: readonly string[]): void {
    const needed = new Set(outputs);
    const kept: NodeProto[] = [];
    for (const node of this.nodes.toReversed()) {
      if (!node.output.some((name) => needed.has(name))) continue;
      for (const name of node.input) needed.add(name);
      kept.push(node);
    }
    this.nodes.splice(0, this.nodes.length, ...kept.reverse());
    const initializers = this.initializers.filter(({ name }) => needed.has(name as string));
    this.initializers.splice(0, this.initializers.length, ...initializers);
  }
}
