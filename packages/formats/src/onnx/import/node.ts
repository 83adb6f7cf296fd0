import type { AttributeProto, NodeProto } from '../schema.js';
import { type Constant, constantOf } from './constant.js';

/** Why a node cannot be run; the message goes into a list. */
export class Unsupported extends Error {}

const decoder = new TextDecoder();

/** A node with its attributes by name. */
export class OnnxNode {
  readonly type: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  private readonly attributes: ReadonlyMap<string, AttributeProto>;

  constructor(proto: NodeProto) {
    this.type = proto.opType ?? '';
    this.inputs = proto.input;
    this.outputs = proto.output;
    this.name = proto.name || (proto.output[0] ?? '');
    this.attributes = new Map(proto.attribute.map((attribute) => [attribute.name ?? '', attribute]));
  }

  has(name: string): boolean {
    return this.attributes.has(name);
  }

  int(name: string, fallback: number): number {
    return this.attributes.get(name)?.i ?? (this.has(name) ? 0 : fallback);
  }

  float(name: string, fallback: number): number {
    return this.attributes.get(name)?.f ?? (this.has(name) ? 0 : fallback);
  }

  ints(name: string): readonly number[] | undefined {
    return this.attributes.get(name)?.ints;
  }

  floats(name: string): readonly number[] | undefined {
    return this.attributes.get(name)?.floats;
  }

  text(name: string, fallback: string): string {
    const bytes = this.attributes.get(name)?.s;
    return bytes === undefined ? fallback : decoder.decode(bytes);
  }

  tensor(name: string): Constant | undefined {
    const tensor = this.attributes.get(name)?.t;
    return tensor && constantOf(tensor, `node '${this.name}'`);
  }

  /** @throws Unsupported if an attribute has another value than the one that is computed */
  expect(name: string, expected: number | string): void {
    const got = typeof expected === 'number' ? this.int(name, expected) : this.text(name, expected);
    if (got !== expected) throw new Unsupported(`its ${name} is ${got}, of which only ${expected} is known`);
  }
}
