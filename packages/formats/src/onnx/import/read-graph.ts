import { formatShape, sizeOf } from '@weft/core/program';
import { decodeMessage } from '../../protobuf/message.js';
import { OnnxError } from '../error.js';
import { FROZEN } from '../metadata.js';
import { type ModelProto, modelMessage, type NodeProto, type ValueInfo } from '../schema.js';
import { type Constant, constantOf, kindOf } from './constant.js';
import { handlers } from './handlers.js';
import { OnnxNode } from './node.js';

/** An input of a graph, with 'batch' where its first length is not fixed. */
export interface GraphInput {
  readonly name: string;
  /** Without the batch, in ONNX's order. */
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'uint8';
  /** How many examples the file is for; undefined for any number. */
  readonly batch: number | undefined;
}

/** A graph as it is computed with. */
export interface OnnxGraph {
  readonly name: string;
  readonly opset: number;
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, Constant>;
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Initializers that say how an operator works, and are no weights. */
  readonly parameters: ReadonlySet<string>;
  /** Initializers that training does not change. */
  readonly frozen: ReadonlySet<string>;
}

/** Inputs of operators, by position, that are no weights though they are floats. */
const PARAMETERS: Readonly<Record<string, readonly number[]>> = {
  Resize: [1, 2, 3],
  Upsample: [1],
  Pad: [2],
  Clip: [1, 2],
  Dropout: [1],
};
/** Inputs and, in old files, initializers among them. */
const MOST_INPUTS = 10_000;
/** Faults that an error lists. */
const LISTED = 30;
const [OLDEST, NEWEST] = [7, 28];

/** One error for many faults. */
export function listFaults(title: string, faults: readonly string[], advice = ''): OnnxError {
  const rest = faults.length > LISTED ? [`And ${faults.length - LISTED} more.`] : [];
  return new OnnxError([title, ...faults.slice(0, LISTED), ...rest, ...(advice === '' ? [] : [advice])].join('\n'));
}

/** A text from a file, as messages show it. */
const short = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}...` : text);

/**
 * The graph of a file, whose operators are all known.
 *
 * @throws OnnxError
 */
export function readGraph(bytes: Uint8Array): OnnxGraph {
  const model = decoded(bytes);
  const { graph } = model;
  if (!graph || graph.node.length + graph.output.length === 0) {
    throw new OnnxError('fromOnnx: the bytes are no ONNX model: there is no graph in them.');
  }
  const opset = model.opsetImport.find(({ domain = '' }) => domain === '' || domain === 'ai.onnx')?.version ?? 0;
  if (opset < OLDEST || opset > NEWEST) {
    throw new OnnxError(
      `fromOnnx: the file has opset ${opset}; expected ${OLDEST} to ${NEWEST}. Convert it with onnx.version_converter.`,
    );
  }
  if (graph.input.length > MOST_INPUTS) throw new OnnxError(`fromOnnx: the graph has ${graph.input.length} inputs.`);
  if (graph.output.length === 0) throw new OnnxError('fromOnnx: the graph has no outputs.');
  checkOperators(graph.node);
  if (graph.sparseInitializer.length > 0) throw new OnnxError('fromOnnx: the file has sparse initializers.');
  const constants = new Map(
    graph.initializer.map((tensor) => [
      tensor.name ?? '',
      constantOf(tensor, `fromOnnx: tensor '${short(tensor.name ?? '')}'`),
    ]),
  );
  const inputs = graph.input.filter(({ name }) => !constants.has(name ?? '')).map(inputOf);
  checkNames([...inputs.map(({ name }) => name), ...constants.keys()], graph.node);
  const metadata = Object.fromEntries(model.metadataProps.map(({ key = '', value = '' }) => [key, value]));
  return {
    name: graph.name ?? '',
    opset,
    nodes: graph.node.map((node) => new OnnxNode(node)),
    constants,
    inputs,
    outputs: graph.output.map(({ name = '' }) => name),
    metadata,
    parameters: new Set(
      graph.node.flatMap(({ opType = '', input }) => input.filter((_, which) => PARAMETERS[opType]?.includes(which))),
    ),
    frozen: new Set([...frozenIn(metadata), ...movingNumbers(graph.node)]),
  };
}

function decoded(bytes: Uint8Array): ModelProto {
  try {
    return decodeMessage(modelMessage, bytes);
  } catch (error) {
    throw new OnnxError(`fromOnnx: the bytes are no ONNX model: ${(error as Error).message}`);
  }
}

function checkOperators(nodes: readonly NodeProto[]): void {
  const unknown = nodes.filter(
    ({ opType = '', domain = '' }) => !(domain === '' || domain === 'ai.onnx') || !handlers.has(opType),
  );
  if (unknown.length === 0) return;
  const byType = new Map<string, NodeProto[]>();
  for (const node of unknown) {
    const { opType = '', domain = '' } = node;
    const type = domain === '' ? opType : `${domain}.${opType}`;
    const known = byType.get(type);
    if (known) known.push(node);
    else byType.set(type, [node]);
  }
  const faults = [...byType].map(([type, each]) => {
    const names = each.slice(0, 5).map(({ name, output }) => short(name || (output[0] ?? '')));
    return `${short(type)}: ${names.join(', ')}${each.length > 5 ? ` and ${each.length - 5} more` : ''}`;
  });
  throw listFaults('fromOnnx: Weft does not know these operators, at these nodes:', faults);
}

/** @throws OnnxError if a name stands for two values */
function checkNames(given: readonly string[], nodes: readonly NodeProto[]): void {
  const seen = new Set<string>();
  for (const name of [...given, ...nodes.flatMap(({ output }) => output)]) {
    if (name !== '' && seen.has(name)) throw new OnnxError(`fromOnnx: two values are called '${short(name)}'.`);
    seen.add(name);
  }
}

function inputOf({ name = '', type }: ValueInfo): GraphInput {
  const { elemType = 0, shape } = type?.tensorType ?? {};
  const kind = kindOf(elemType);
  const label = `fromOnnx: the input '${short(name)}'`;
  if (!shape || kind === undefined) throw new OnnxError(`${label} has no shape, or a type that Weft does not know.`);
  const [first, ...rest] = shape.dim;
  if (shape.dim.length === 0) throw new OnnxError(`${label} has no axis of examples.`);
  const lengths = rest.map(({ value }) => value ?? 0);
  if (!lengths.every((length) => Number.isSafeInteger(length) && length >= 1)) {
    const shown = shape.dim.map(({ value, parameter }) => value ?? short(parameter ?? '?'));
    throw new OnnxError(
      `${label} has the shape [${shown.join()}]. All lengths but the first must be fixed: export the model for one size.`,
    );
  }
  if (sizeOf(lengths) > 2 ** 31) {
    throw new OnnxError(`${label} has the shape ${formatShape(lengths)}, which is too large.`);
  }
  const dtype = elemType === 2 ? 'uint8' : kind === 'integer' ? 'int32' : 'float32';
  return { name, shape: lengths, dtype, batch: first.value };
}

/** Means and variances of normalisations, which are no weights that a loss decides. */
const movingNumbers = (nodes: readonly NodeProto[]) =>
  nodes.flatMap(({ opType, input }) => (opType === 'BatchNormalization' ? input.slice(3, 5) : []));

function frozenIn(metadata: Readonly<Record<string, string>>): ReadonlySet<string> {
  try {
    const names: unknown = JSON.parse(metadata[FROZEN] ?? '[]');
    return new Set(Array.isArray(names) ? names.filter((name) => typeof name === 'string') : []);
  } catch {
    return new Set();
  }
}
