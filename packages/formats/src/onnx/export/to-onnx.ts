import { formatShape } from '@weft/core/program';
import type { BaseModel } from '@weft/nn';
import { encodeMessage } from '../../protobuf/message.js';
import { OnnxError } from '../error.js';
import { FROZEN } from '../metadata.js';
import { ELEMENTS, type ModelProto, modelMessage, type ValueInfo } from '../schema.js';
import { type Length, lengthName } from '../symbolic.js';
import { Emitter } from './emitter.js';
import { GraphBuilder } from './graph.js';
import { resizeInputs } from './images.js';
import { checkOptions, irVersionOf, type OnnxOptions } from './options.js';
import { type TracedModel, traceModel } from './trace-model.js';
import { Inexpressible, type Value } from './values.js';
import { writerOf } from './writers.js';

/** A file of ONNX is one message of protobuf, which ends here. */
const MOST_BYTES = 2 ** 31 - 1;
/** Operations that an error lists. */
const LISTED = 20;

/**
 * A model's inference as the bytes of an ONNX file, from the program that it is: whatever is made of operations that ONNX
 * has operators for can be exported, also layers of your own.
 *
 * Inputs and outputs keep their names, shapes (images are [batch, height, width, channels], as in Weft) and dtypes;
 * weights keep their paths as names. Convolutions are written with channels first, as ONNX wants them, and kernels in ONNX's
 * order of axes.
 *
 * @throws OnnxError listing all that cannot be expressed, with the layers in which it stands; RangeError for an option that
 *   is not what it must be
 * @see https://onnx.ai/onnx/operators
 * @example
 * const model = new Sequential([new Dense({ units: 2 })], { inputShape: [3] });
 * const bytes = toOnnx(model, { opset: 17, batch: 'dynamic' });
 * bytes.length > 200; // true
 */
export function toOnnx(model: BaseModel, options: OnnxOptions = {}): Uint8Array<ArrayBuffer> {
  const { opset, batch, metadata, preprocessing } = checkOptions(options);
  const traced = traceModel(model, batch);
  const inputNames = model.inputs.map(({ name }) => name);
  const graph = new GraphBuilder([...inputNames, ...model.outputs.map(({ name }) => name)]);
  const emitter = new Emitter(traced.program, graph, inputNames[0], opset);
  const frozen = defineLeaves(model, traced, emitter);
  const inputs = model.inputs.map(({ name, dtype }, which) => {
    const number = traced.program.inputs[which];
    const value = emitter.define(number);
    return preprocessing && value.shape.length === 4
      ? preprocessed(emitter, value, name, preprocessing)
      : { name, dtype, value, shape: value.shape };
  });
  if (preprocessing && !inputs.some(({ shape }) => shape.length === 4)) {
    throw new OnnxError(
      `toOnnx: preprocessing is for images, but ${model.name} takes ${model.inputs.map(({ shape }) => formatShape(shape)).join(', ')}.`,
    );
  }
  for (const { value, name, shape } of inputs)
    if (shape === value.shape && !value.names.size) value.names.set('last', name);
  writeOperations(model, traced, emitter);
  // What leads to any of them is written before one is renamed.
  const results = traced.program.outputs.map((number) => emitter.names.name(emitter.value(number)));
  const outputs = traced.program.outputs.map((number, which) => {
    const { shape, dtype } = traced.program.values[number];
    return { name: outputNamed(model, emitter.graph, which, results[which]), shape, dtype };
  });
  graph.keepOnly(outputs.map(({ name }) => name));
  const written = new Set(graph.initializers.map(({ name }) => name));
  const fixed = [...graph.paths].filter(([name, path]) => written.has(name) && frozen.has(path)).map(([name]) => name);
  const texts = { ...metadata, [FROZEN]: JSON.stringify(fixed) };
  return encoded({
    irVersion: irVersionOf(opset),
    producerName: 'weft',
    opsetImport: [{ domain: '', version: opset }],
    metadataProps: Object.entries(texts).map(([key, value]) => ({ key, value })),
    functions: [],
    graph: {
      name: model.name,
      node: graph.nodes,
      initializer: graph.initializers,
      sparseInitializer: [],
      input: inputs.map(valueInfo),
      output: outputs.map(valueInfo),
    },
  });
}

/** Weights and other data. Gives the names of those that training does not change. */
function defineLeaves(model: BaseModel, { program, leaves }: TracedModel, emitter: Emitter): ReadonlySet<string> {
  const weights = new Map(model.weights.map((weight) => [weight.weight.tensor.node, weight]));
  const frozen = new Set<string>();
  for (const [which, leaf] of leaves.entries()) {
    const number = program.inputs[model.inputs.length + which];
    const weight = weights.get(leaf.node);
    const data = weight?.data ?? leaf.node.data[leaf.index];
    if (!data) throw new OnnxError(`toOnnx: ${model.name} depends on a placeholder that is none of its inputs.`);
    const path = weight?.path ?? `captured_${which}`;
    if (!weight?.trainable) frozen.add(path);
    const isNamed = weight !== undefined || data.length > 1;
    if (isNamed && emitter.isReadInSeveralWays(number)) {
      emitter.define(number).names.set('last', emitter.graph.weight(path, leaf.dtype, leaf.shape, data));
    } else {
      emitter.define(number, { data, ...(isNamed && { path }) });
    }
  }
  return frozen;
}

/** Writes every operation; what cannot be is collected, so that one error says it all. */
function writeOperations(model: BaseModel, traced: TracedModel, emitter: Emitter): void {
  const faults = new Set<string>();
  for (const [index, operation] of traced.program.operations.entries()) {
    if (emitter.done.has(operation)) continue;
    const writer = writerOf(operation.name);
    try {
      if (typeof writer === 'string') throw new Inexpressible(writer);
      writer(operation, emitter);
    } catch (error) {
      if (!(error instanceof Inexpressible)) throw error;
      const origins = traced.originsOf(operation, index).filter((path) => path !== '');
      const where = origins.length > 0 ? ` in ${origins.join(', ')}` : '';
      faults.add(`${operation.name}${where}: ${error.message}.`);
      // What depends on it is written all the same, so that other faults are found.
      for (const output of operation.outputs) emitter.define(output).names.set('last', 'none');
    }
  }
  if (faults.size === 0) return;
  const rest = faults.size > LISTED ? [`And ${faults.size - LISTED} more.`] : [];
  throw new OnnxError(
    [`toOnnx: ${model.name} has what ONNX cannot express.`, ...[...faults].slice(0, LISTED), ...rest].join('\n'),
  );
}

/** Makes an input of bytes or of another size what the model takes. */
function preprocessed(
  emitter: Emitter,
  value: Value,
  name: string,
  { scale, size }: NonNullable<OnnxOptions['preprocessing']>,
) {
  const { graph, names } = emitter;
  const [batch, height, width, channels] = value.shape;
  let given = name;
  if (scale !== undefined) {
    const numbers = graph.node('Cast', [given], { to: ELEMENTS.float32 });
    given = graph.node('Mul', [numbers, graph.constant('scale', 'float32', [], Float32Array.of(scale))]);
  }
  if (size) {
    const image = names.transposed(given, [0, 3, 1, 2]);
    const inputs = resizeInputs(names, image, [batch, ...size, channels], [height, width] as readonly number[]);
    const attributes = { mode: 'linear', coordinate_transformation_mode: 'half_pixel' };
    value.names.set('first', graph.node('Resize', inputs, attributes));
  } else {
    value.names.set('last', given);
  }
  const shape: readonly Length[] = size ? [batch, ...size, channels] : value.shape;
  return { name, dtype: scale === undefined ? value.dtype : ('uint8' as const), value, shape };
}

/** Gives an output its own name, unless an input has it. */
function outputNamed(model: BaseModel, graph: GraphBuilder, which: number, result: string): string {
  const { name: wished } = model.outputs[which];
  const name = model.inputs.some((input) => input.name === wished) ? graph.free(wished) : wished;
  const now = graph.nameOf(result);
  if (now !== result || !graph.rename(result, name)) {
    graph.nodes.push({ opType: 'Identity', input: [now], output: [name], name, attribute: [] });
  }
  return name;
}

function valueInfo({
  name,
  dtype,
  shape,
}: {
  name: string;
  dtype: keyof typeof ELEMENTS;
  shape: readonly Length[];
}): ValueInfo {
  const dim = shape.map((length) =>
    typeof length === 'number' ? { value: length } : { parameter: lengthName(length.batch) },
  );
  return { name, type: { tensorType: { elemType: ELEMENTS[dtype], shape: { dim } } } };
}

function encoded(model: ModelProto): Uint8Array<ArrayBuffer> {
  const size = model.graph?.initializer.reduce((total, { rawData }) => total + (rawData?.length ?? 0), 0) ?? 0;
  if (size > MOST_BYTES) {
    throw new OnnxError(`toOnnx: the weights take ${size} bytes, but a file of ONNX holds ${MOST_BYTES} at most.`);
  }
  return encodeMessage(modelMessage, model);
}
