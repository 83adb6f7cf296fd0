import { placeholder, type Tensor } from '@weft/core';
import { OnnxError } from '../error.js';
import { ImportContext } from './context.js';
import { handlers } from './handlers.js';
import { folded } from './integers.js';
import { OnnxNode, Unsupported } from './node.js';
import { listFaults, type OnnxGraph } from './read-graph.js';
import { asGiven, asLast, type ComputedValue, toLast, type Value } from './value.js';

/** What one node takes and gives, as far as it is computed from examples. */
export interface ComputedNode {
  readonly node: OnnxNode;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/** A graph for one batch: tensors, from the inputs to the outputs. */
export interface Interpretation {
  readonly context: ImportContext;
  readonly inputs: readonly ComputedValue[];
  readonly outputs: readonly ComputedValue[];
  readonly nodes: readonly ComputedNode[];
}

/** How a graph is read. */
export interface Reading {
  readonly batch: number;
  /** Initializers that stand in several places. */
  readonly shared: ReadonlySet<string>;
  /** Whether there are layers that act otherwise in training. */
  readonly hasSpecialLayers: boolean;
}

/** Numbers of a node that are computed while a file is read; more are computed with the model. */
const MOST_FOLDED = 2 ** 16;
/** Operators whose first input is images with channels first. */
const OF_IMAGES = new Set([
  'Conv',
  'ConvTranspose',
  'MaxPool',
  'AveragePool',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'BatchNormalization',
  'InstanceNormalization',
  'GroupNormalization',
  'DepthToSpace',
  'SpaceToDepth',
  'Resize',
  'Upsample',
]);
/** Operators that say nothing about the order of axes. */
const PASSING = new Set([
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Relu',
  'Sigmoid',
  'Tanh',
  'Cast',
  'Identity',
  'Clip',
  'Pad',
  'Dropout',
]);

/** Whether an input is read as images with channels first. */
function isChannelsFirst(graph: OnnxGraph, input: string): boolean {
  const names = new Set([input]);
  for (const { type, inputs, outputs } of graph.nodes) {
    if (!names.has(inputs[0] ?? '') && !(PASSING.has(type) && inputs.some((name) => names.has(name)))) continue;
    if (OF_IMAGES.has(type)) return true;
    if (PASSING.has(type)) for (const name of outputs) names.add(name);
  }
  return false;
}

/**
 * Computes a graph lazily, for a batch.
 *
 * @throws OnnxError listing the nodes that cannot be computed
 */
export function interpret(graph: OnnxGraph, { batch, shared, hasSpecialLayers }: Reading): Interpretation {
  const context = new ImportContext(graph, batch, shared, hasSpecialLayers);
  const values = new Map<string, Value>();
  for (const [name, constant] of graph.constants) values.set(name, context.initializer(name, constant));
  const inputs = graph.inputs.map(({ name, shape, dtype }): ComputedValue => {
    const isLast = shape.length >= 2 && isChannelsFirst(graph, name);
    const given = [batch, ...shape];
    const stored = isLast ? toLast(given.length).map((axis) => given[axis]) : given;
    const kind = dtype === 'float32' ? 'float' : 'integer';
    return { is: 'computed', x: placeholder({ shape: stored, dtype }, name), isLast, kind, isFixed: false };
  });
  graph.inputs.forEach(({ name }, which) => void values.set(name, inputs[which]));
  const nodes = run(graph, values, context);
  const outputs = graph.outputs.map((name) => {
    const value = values.get(name);
    if (value?.is === 'computed' && !value.isFixed) return asInputs(name, value, inputs, nodes);
    throw new OnnxError(`fromOnnx: the output '${name.slice(0, 80)}' does not depend on the inputs.`);
  });
  return { context, inputs, outputs, nodes };
}

/**
 * An output with its axes as the inputs have them: turned where an input of as many axes is, else as in the file. Where no
 * input has an order, as of a decoder, images have channels last. A node of its own moves them.
 */
function asInputs(
  name: string,
  value: ComputedValue,
  inputs: readonly ComputedValue[],
  nodes: ComputedNode[],
): ComputedValue {
  const ranks = inputs.map(({ x }) => x.shape.length);
  const rank = value.x.shape.length;
  const isTurned = inputs.some(({ isLast }, which) => isLast && ranks[which] === rank);
  const isLast = isTurned || (value.isLast && ranks.every((each) => each <= 2));
  if (isLast === value.isLast) return value;
  const x = isLast ? asLast(value) : asGiven(value);
  const node = new OnnxNode({ input: [], output: [name], attribute: [], opType: 'Transpose' });
  nodes.push({ node, inputs: [value.x], outputs: [x] });
  return { ...value, x, isLast };
}

function run(graph: OnnxGraph, values: Map<string, Value>, context: ImportContext): ComputedNode[] {
  const faults: string[] = [];
  const nodes: ComputedNode[] = [];
  const made = new Map(graph.nodes.flatMap(({ outputs }, place) => outputs.map((name) => [name, place] as const)));
  const lost = new Set<string>();
  const lose = ({ outputs }: OnnxNode) => outputs.forEach((name) => void lost.add(name));
  for (const [place, node] of graph.nodes.entries()) {
    const given = node.inputs.map((name) => (name === '' ? undefined : values.get(name)));
    const missing = node.inputs.find((name, which) => name !== '' && !given[which]);
    if (missing !== undefined) {
      // What depends on a node that is in the list already need not be.
      if (!lost.has(missing)) faults.push(`${labelOf(node)}: ${whyMissing(missing, made.get(missing), place)}.`);
      lose(node);
      continue;
    }
    try {
      const results = resultsOf(node, given, context);
      context.spend(given, results);
      node.outputs.forEach((name, which) => void (name !== '' && results[which] && values.set(name, results[which])));
      const computed = [given, results].map(tensorsOf);
      if (computed[1].length > 0) nodes.push({ node, inputs: computed[0], outputs: computed[1] });
    } catch (error) {
      if (error instanceof OnnxError) throw error;
      lose(node);
      faults.push(`${labelOf(node)}: ${(error as Error).message}${error instanceof Unsupported ? '.' : ''}`);
    }
  }
  if (faults.length > 0) {
    const batch = graph.inputs.find((input) => input.batch !== undefined)?.batch;
    const advice =
      batch === undefined
        ? ''
        : `The file is for a batch of ${batch}, but Weft computes with any: if that is why, export it with a dynamic batch.`;
    throw listFaults('fromOnnx: these nodes cannot be computed:', faults, advice);
  }
  return nodes;
}

/** @param place of the node that makes it, if one does */
function whyMissing(name: string, place: number | undefined, reader: number): string {
  const value = `'${name.slice(0, 80)}'`;
  if (place === undefined) return `there is no value ${value}`;
  if (place < reader) return `it takes ${value}, which the node that makes it does not give here`;
  return `it takes ${value}, which a later node makes: nodes must stand in an order in which they can be computed`;
}

const labelOf = ({ type, name }: OnnxNode) => `${type} '${name.slice(0, 80)}'`;

/** Tensors that depend on examples. */
function tensorsOf(values: readonly (Value | undefined)[]): Tensor[] {
  const tensors = values.flatMap((value) => (value?.is === 'computed' && !value.isFixed ? [value.x] : []));
  return [...new Set(tensors)];
}

function resultsOf(
  node: OnnxNode,
  inputs: readonly (Value | undefined)[],
  context: ImportContext,
): readonly (Value | undefined)[] {
  const number = folded(node, inputs);
  if (number) return [number];
  const handler = handlers.get(node.type);
  if (!handler) throw new Unsupported('the operator is not known');
  const results = [handler(node, inputs, context)].flat();
  const isFixed = inputs.every((value) => !value || value.is === 'known' || value.isFixed);
  const isPlain = inputs.every((value) => !value || (value.is === 'known' && value.source === undefined));
  return results.map((value) => {
    if (value.is === 'known' || !isFixed) return value;
    // Nothing but numbers went in: they are computed now.
    if (!isPlain || value.x.size > MOST_FOLDED) return { ...value, isFixed };
    const x = asGiven(value);
    const { kind } = value;
    return { is: 'known', kind, shape: x.shape, data: kind === 'float' ? x.toArray() : Float64Array.from(x.toArray()) };
  });
}
