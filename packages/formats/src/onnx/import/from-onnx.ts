import type { Tensor } from '@weft/core';
import { jsonOf } from '@weft/core/program';
import {
  type BaseLayer,
  type BaseModel,
  BatchNormalization,
  Dropout,
  input,
  Model,
  Operations,
  type SymbolicTensor,
} from '@weft/nn';
import { OnnxError } from '../error.js';
import { FROZEN } from '../metadata.js';
import { BatchDependence } from '../symbolic.js';
import { CONSTANT, type ImportContext, type SpecialLayer, type WeightLeaf } from './context.js';
import { type Interpretation, interpret } from './interpret.js';
import { dataOf, nameInLayer, type Piece, type PieceData, piecesOf } from './pieces.js';
import { type OnnxGraph, readGraph } from './read-graph.js';

/** A model from an ONNX file. */
export interface ImportedModel {
  readonly model: BaseModel;
  /** Texts that the file holds, but for those of Weft. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * Inputs and outputs that are images with channels first in the file, [batch, channels, height, width]. The model has them
   * as [batch, height, width, channels].
   */
  readonly channelsLast: readonly string[];
}

/** Two batches whose multiples are told apart. */
const BATCHES = [5, 7] as const;

/**
 * The model of an ONNX file: it predicts, is trained further or from the beginning, is saved and exported, as any other. Each
 * operator is a layer, or operators one after the other whose weights belong together by their names, such as
 * `encoder.0.weight` and `encoder.0.bias`, which are `weight` and `bias` of the layer `encoder.0`.
 *
 * Images come with channels last, also where the file has channels first. BatchNormalization and Dropout act in training as
 * they do in Weft.
 *
 * @throws OnnxError if the bytes are no ONNX model, or listing the operators that Weft does not know, with their nodes
 * @example
 * const model = new Sequential([new Dense({ units: 2, name: 'top' })], { inputShape: [3] });
 * const again = fromOnnx(toOnnx(model)).model;
 * again.weights.map(({ path }) => path); // ['top/kernel', 'top/bias']
 */
export function fromOnnx(bytes: Uint8Array): ImportedModel {
  const graph = readGraph(bytes);
  try {
    return modelOf(graph);
  } catch (cause) {
    if (cause instanceof OnnxError) throw cause;
    throw new OnnxError(`fromOnnx: the model cannot be built: ${(cause as Error).message}`, { cause });
  }
}

function modelOf(graph: OnnxGraph): ImportedModel {
  const { [FROZEN]: _, ...metadata } = graph.metadata;
  const shared = new Set(sharedInitializers(graph));
  const readings = read(graph, shared, true);
  const layers = tryLayers(graph, readings);
  const model = layers ?? wholeModel(graph, read(graph, shared, false));
  const [{ inputs, outputs }] = readings;
  const images = [
    ...graph.inputs.map(({ name }, which) => ({ name, ...inputs[which] })),
    ...graph.outputs.map((name, which) => ({ name, ...outputs[which] })),
  ];
  return { model, metadata, channelsLast: images.filter(({ isLast }) => isLast).map(({ name }) => name) };
}

/** Initializers that several nodes, or one several times, take. */
function sharedInitializers({ nodes, constants }: OnnxGraph): string[] {
  const counts = new Map<string, number>();
  for (const { inputs } of nodes) for (const name of inputs) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...constants.keys()].filter((name) => (counts.get(name) ?? 0) > 1);
}

/** The graph for two batches. One initializer in several forms is one weight: then it is read again. */
function read(
  graph: OnnxGraph,
  shared: Set<string>,
  hasSpecialLayers: boolean,
): readonly [Interpretation, Interpretation] {
  const first = interpret(graph, { batch: BATCHES[0], shared, hasSpecialLayers });
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { source } of first.context.weights.values()) {
    if (seen.has(source) && !shared.has(source)) twice.add(source);
    seen.add(source);
  }
  if (twice.size > 0) {
    for (const source of twice) shared.add(source);
    return read(graph, shared, hasSpecialLayers);
  }
  return [first, interpret(graph, { batch: BATCHES[1], shared, hasSpecialLayers })];
}

interface Piecewise {
  readonly piece: Piece;
  readonly data: PieceData | undefined;
}

/** The model with a layer for each piece; undefined where pieces share weights, or hand on what is not a batch. */
function tryLayers(graph: OnnxGraph, readings: readonly [Interpretation, Interpretation]): BaseModel | undefined {
  const [pieces, twins] = readings.map(piecesOf);
  if (pieces.some(({ output }) => output.shape[0] !== BATCHES[0])) return undefined;
  const all = pieces.map(
    (piece, which): Piecewise => ({
      piece,
      data: piece.special ? undefined : dataIn(graph, [piece, twins[which]], readings[0].context),
    }),
  );
  if (areWeightsShared(all)) return undefined;
  return assembled(graph, readings[0], all);
}

function dataIn(graph: OnnxGraph, pair: readonly [Piece, Piece], context: ImportContext): PieceData {
  try {
    const data = dataOf(pair, context.weights, BATCHES);
    for (const { source, data: numbers } of data.weights) if (source === CONSTANT) context.spendNumbers(numbers.length);
    return data;
  } catch (error) {
    if (!(error instanceof BatchDependence)) throw error;
    throw new OnnxError(
      `fromOnnx: ${graph.name} is for one batch only: ${error.message}. Export it with a dynamic batch.`,
    );
  }
}

/** Weights that are trained. A normalisation has numbers of its own: exporters write equal ones of several layers once. */
const sourcesOf = ({ data }: Piecewise) =>
  (data?.weights ?? []).filter(({ isFrozen }) => !isFrozen).map(({ source }) => source);

/** What makes two uses the same layer. */
const keyOf = ({ data }: Piecewise) =>
  data && jsonOf({ steps: data.steps, sources: data.weights.map(({ source }) => source) });

/** Whether a weight stands in two layers that are not the same. */
function areWeightsShared(all: readonly Piecewise[]): boolean {
  const owners = new Map<string, Piecewise>();
  return all.some((each) =>
    sourcesOf(each).some((source) => {
      const owner = owners.get(source);
      owners.set(source, each);
      return owner !== undefined && keyOf(owner) !== keyOf(each);
    }),
  );
}

function assembled(graph: OnnxGraph, { inputs, outputs }: Interpretation, all: readonly Piecewise[]): BaseModel {
  const symbols = new Map<Tensor, SymbolicTensor>();
  const given = Object.fromEntries(
    graph.inputs.map(({ name, dtype }, which) => {
      const { x } = inputs[which];
      const symbol = input({ shape: x.shape.slice(1), dtype });
      symbols.set(x, symbol);
      return [withoutSlash(name), symbol];
    }),
  );
  const names = new Names();
  const layers = new Map<string, Operations>();
  for (const each of all) {
    const { piece, data } = each;
    const key = sourcesOf(each).length > 0 ? keyOf(each) : undefined;
    const known = key === undefined ? undefined : layers.get(key);
    const layer =
      known ??
      (data
        ? operationsOf(names.free(piece.name), data)
        : specialOf(names.free(piece.name), piece.special as SpecialLayer));
    const taken = piece.inputs.map((x) => symbols.get(x) as SymbolicTensor);
    const made = layer.apply((taken.length === 1 ? taken[0] : taken) as never);
    if (!known) setWeights(layer, data?.weights ?? piece.special?.weights ?? []);
    if (key !== undefined && layer instanceof Operations) layers.set(key, layer);
    symbols.set(piece.output, made);
  }
  const results = outputs.map(({ x }) => symbols.get(x) as SymbolicTensor);
  const named = Object.fromEntries(graph.outputs.map((name, which) => [withoutSlash(name), results[which]]));
  const options = { inputs: given, name: withoutSlash(graph.name) || 'onnx' };
  return results.length === 1
    ? new Model({ ...options, outputs: results[0] })
    : new Model({ ...options, outputs: named });
}

/** One layer for all, where layers of their own cannot be: it acts in training as in inference. */
function wholeModel(graph: OnnxGraph, readings: readonly [Interpretation, Interpretation]): BaseModel {
  if (graph.outputs.length > 1) {
    throw new OnnxError(
      `fromOnnx: ${graph.name} has ${graph.outputs.length} outputs, and weights that different operators share or values without ` +
        'an axis of examples. Export one output.',
    );
  }
  const [piece, twin] = readings.map(({ inputs, outputs }) => ({
    name: 'graph',
    inputs: inputs.map(({ x }) => x),
    output: outputs[0].x,
  }));
  const data = dataIn(graph, [piece, twin], readings[0].context);
  return assembled(graph, readings[0], [{ piece, data }]);
}

const withoutSlash = (name: string): string => name.replaceAll('/', '.');

/** Names that no other has. */
class Names {
  private readonly taken = new Set<string>();
  private readonly counts = new Map<string, number>();

  free(wished: string): string {
    const base = withoutSlash(wished).replace(/^\.+/, '').slice(0, 200) || 'layer';
    let count = this.counts.get(base) ?? 0;
    const numbered = () => (count === 0 ? base : `${base}_${count}`);
    while (this.taken.has(numbered())) count++;
    const name = numbered();
    this.counts.set(base, count + 1);
    this.taken.add(name);
    return name;
  }
}

function operationsOf(name: string, { inputs, weights, steps, output }: PieceData): Operations {
  const names = new Names();
  return new Operations({
    name,
    inputs,
    weights: weights.map(({ source, shape, isFrozen }) => ({
      name: names.free(nameInLayer(source)),
      shape,
      ...(isFrozen && { trainable: false }),
    })),
    steps,
    output,
  });
}

function specialOf(name: string, { type, options }: SpecialLayer): BaseLayer<Tensor> {
  return type === 'Dropout'
    ? new Dropout({ name, rate: options.rate })
    : new BatchNormalization({ name, epsilon: options.epsilon, momentum: options.momentum });
}

function setWeights(
  { weights }: { readonly weights: readonly { assign(values: ArrayLike<number>): void }[] },
  values: readonly WeightLeaf[],
): void {
  for (const [which, weight] of weights.entries()) weight.assign(values[which].data);
}
