import { placeholder, type Tensor } from '@weft/core';
import { jsonOf, type Operation, type Program, trace } from '@weft/core/program';
import { type BaseModel, CallContext } from '@weft/nn';
import { OnnxError } from '../error.js';
import { BatchDependence, type SymbolicProgram, symbolicProgram } from '../symbolic.js';

/** Two batches whose multiples are told apart. */
const BATCHES = [5, 7] as const;

/** What a model computes, as a program, and what its leaves are. */
export interface TracedModel {
  readonly program: SymbolicProgram;
  /** Beyond the model's inputs, in the order of the program's inputs: data by name. */
  readonly leaves: readonly Tensor[];
  /** The layers in which an operation of the program stands, such as `encoder/conv2d`. */
  originsOf(operation: Operation, index: number): readonly string[];
}

interface Once {
  readonly program: Program;
  readonly leaves: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly log: readonly { readonly from: number; readonly path: string }[];
}

/** Inference, for any batch or for one. */
export function traceModel(model: BaseModel, batch: number | 'dynamic'): TracedModel {
  const first = traceOnce(model, batch === 'dynamic' ? BATCHES[0] : batch);
  const origins = originsIn(first);
  const rest = { leaves: first.leaves.slice(model.inputs.length), originsOf: origins };
  if (batch !== 'dynamic') return { program: first.program, ...rest };
  try {
    return { program: symbolicProgram(first.program, traceOnce(model, BATCHES[1]).program, BATCHES), ...rest };
  } catch (error) {
    if (!(error instanceof BatchDependence)) throw error;
    throw new OnnxError(
      `toOnnx: ${model.name} is another program for each batch: ${error.message}. Export it with batch: n, for one batch.`,
    );
  }
}

/** Nodes are numbered as they are made: those after the next one belong to what is called next. */
const nextNode = () => placeholder({ shape: [], dtype: 'float32' }, 'mark').node.id;

/** A context that notes when which layer begins. It is handed on to the layers within. */
function watched(log: { from: number; path: string }[]): CallContext {
  const context = new CallContext({ training: false });
  const at = function (this: CallContext, name: string, trainable?: boolean): CallContext {
    const inner = CallContext.prototype.at.call(this, name, trainable);
    log.push({ from: nextNode(), path: inner.path });
    return inner;
  };
  return Object.assign(context, { at });
}

function traceOnce(model: BaseModel, batch: number): Once {
  const log: { from: number; path: string }[] = [];
  const inputs = model.inputs.map(({ name, shape, dtype }) => placeholder({ shape: [batch, ...shape], dtype }, name));
  const named = Object.fromEntries(model.inputs.map(({ name }, which) => [name, inputs[which]]));
  const results = model.callNamed(named, watched(log));
  const outputs = model.outputs.map(({ name }) => results[name]);
  // What has been computed before, such as by a look at a value, is traced again.
  return { ...trace(outputs, inputs, { again: true }), outputs, log };
}

/** The layers that made an operation, found by its name, attributes and result. */
function originsIn({ outputs, log, program }: Once): TracedModel['originsOf'] {
  const keyOf = (name: string, attributes: object, shape: unknown) => `${name} ${jsonOf(attributes)} ${String(shape)}`;
  let known: Map<string, Set<string>> | undefined;
  return (_operation, index) => {
    known ??= pathsByKey(outputs, log, keyOf);
    const concrete = program.operations[index];
    const { shape } = program.values[concrete.outputs[0]];
    const paths = known.get(keyOf(concrete.name, concrete.attributes, shape)) ?? new Set();
    return [...new Set(log.map(({ path }) => path))].filter((path) => paths.has(path));
  };
}

function pathsByKey(
  outputs: readonly Tensor[],
  log: Once['log'],
  keyOf: (name: string, attributes: object, shape: unknown) => string,
): Map<string, Set<string>> {
  const paths = new Map<string, Set<string>>();
  const seen = new Set<object>();
  const stack = outputs.map(({ node }) => node);
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    const { id } = node;
    const path = log.findLast(({ from }) => from <= id)?.path ?? '';
    const key = keyOf(node.operation, node.attributes, node.outputs[0].shape);
    paths.set(key, (paths.get(key) ?? new Set()).add(path));
    stack.push(...node.inputs.map((input) => input.node));
  }
  return paths;
}
