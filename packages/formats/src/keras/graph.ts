import { shown } from '../safetensors/shown.js';
import { type Data, type Entry, inputOf } from './entry.js';
import { KerasError } from './error.js';
import { isRecord } from './values.js';

type Source = { readonly input: string } | { readonly node: number; readonly output?: string };
type Nest = Source | readonly Source[] | { readonly named: Readonly<Record<string, Source>> };

/** A use of a layer that waits for its inputs. */
interface Use {
  readonly layer: string;
  readonly index: number;
  readonly args: unknown;
}

/** Arguments of calls that change nothing in inference. */
const QUIET = ['training', 'mask'];

/**
 * The part of a functional model's configuration that says which layer takes what.
 *
 * @param blocks layers but inputs by name, in their order
 * @throws KerasError for calls that Weft cannot make
 */
export function graphOf(entries: readonly Entry[], blocks: ReadonlyMap<string, Data>, config: Data): Data {
  const order = orderOf(config.input_layers);
  const place = ({ name }: { readonly name: string }) => order.indexOf(name);
  const inputs = entries.filter(({ type }) => type === 'InputLayer').map(inputOf);
  inputs.sort((a, b) => place(a) - place(b));
  const names = [...blocks.keys()];
  const sources = new Map<string, Source>(inputs.map(({ name }) => [keyOf(name, 0, 0), { input: name }]));
  const nodes: { readonly layer: number; readonly inputs: unknown }[] = [];
  let waiting = entries.filter(({ type }) => type !== 'InputLayer').flatMap(usesOf);
  // A layer that is used again may stand before what it takes.
  while (waiting.length > 0) {
    const still = waiting.filter(({ layer, index, args }) => {
      const taken = nestOf(args, sources);
      if (taken === undefined) return true;
      for (const [which, output] of outputNames(blocks.get(layer)).entries()) {
        sources.set(keyOf(layer, index, which), { node: nodes.length, ...(output !== '' && { output }) });
      }
      nodes.push({ layer: names.indexOf(layer), inputs: taken });
      return false;
    });
    if (still.length === waiting.length) {
      throw new KerasError(`Layer '${still[0].layer}' takes what no layer gives.`);
    }
    waiting = still;
  }
  return { inputs, nodes, outputs: outputsOf(config.output_layers, sources, blocks) };
}

/** A tensor by the layer that gives it, the number of its call, and the number among what the call gives. */
const keyOf = (layer: unknown, index: unknown, which: unknown) =>
  [layer, index, which].map((part) => (typeof part === 'object' ? '' : String(part))).join('/');

/** Names of layers in the order in which Keras counts tensors: of a list as they stand, of a record sorted by its keys. */
function orderOf(layers: unknown): unknown[] {
  if (isRecord(layers)) return sortedEntries(layers).map(([, layer]) => (Array.isArray(layer) ? layer[0] : undefined));
  if (!Array.isArray(layers)) return [];
  return typeof layers[0] === 'string'
    ? [layers[0]]
    : layers.map((layer) => (Array.isArray(layer) ? layer[0] : undefined));
}

const sortedEntries = (record: Data) => Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));

/** Names of what a layer, or a model in the model, gives; one of a single tensor has an empty name. */
function outputNames(block: Data | undefined): readonly string[] {
  const { outputs } = isRecord(block?.config) ? block.config : {};
  return isRecord(outputs) && isRecord(outputs.named) ? Object.keys(outputs.named) : [''];
}

function usesOf({ name, nodes }: Entry): Use[] {
  return nodes.map((node, index) => {
    const { args, kwargs = {} } = isRecord(node) ? node : {};
    const other = Object.entries(isRecord(kwargs) ? kwargs : {}).find(
      ([key, value]) => value !== null && value !== false && !QUIET.includes(key),
    );
    if (other) throw new KerasError(`Layer '${name}' is called with ${other[0]}, which Weft does not have.`);
    if (!Array.isArray(args) || args.length !== 1) {
      throw new KerasError(`Layer '${name}' is not called with one tensor, or one list of them. Save it by Keras 3.`);
    }
    return { layer: name, index, args: args[0] };
  });
}

/** What a call takes; undefined if it is not there yet. */
function nestOf(args: unknown, sources: ReadonlyMap<string, Source>): Nest | undefined {
  if (!Array.isArray(args)) {
    if (!isRecord(args) || 'class_name' in args) return sourceOf(args, sources);
    const found = Object.entries(args).map(([name, each]) => [name, sourceOf(each, sources)] as const);
    if (found.some(([, each]) => each === undefined)) return undefined;
    return { named: Object.fromEntries(found) as Record<string, Source> };
  }
  const all = args.map((each) => sourceOf(each, sources));
  return all.every((each) => each !== undefined) ? (all as Source[]) : undefined;
}

function sourceOf(tensor: unknown, sources: ReadonlyMap<string, Source>): Source | undefined {
  const { config } = isRecord(tensor) ? tensor : {};
  const history = isRecord(config) ? config.keras_history : undefined;
  if (!Array.isArray(history)) throw new KerasError('A layer is called with something else than tensors of layers.');
  return sources.get(keyOf(history[0], history[1], history[2]));
}

/** One output `[layer, node, tensor]`, several in a list, or by name. */
function outputsOf(outputs: unknown, sources: ReadonlyMap<string, Source>, blocks: ReadonlyMap<string, Data>): unknown {
  const find = (output: unknown): Source => {
    if (!Array.isArray(output) || !Number.isSafeInteger(output[1])) return fail(output);
    // Keras counts calls of functional models from 1 here, and from 0 where layers take tensors.
    const first = blocks.get(output[0])?.type === 'Model' ? 1 : 0;
    const source = sources.get(keyOf(output[0], output[1] - first, output[2]));
    return source ?? fail(output);
  };
  if (isRecord(outputs)) {
    return { named: Object.fromEntries(sortedEntries(outputs).map(([name, output]) => [name, find(output)])) };
  }
  if (!Array.isArray(outputs)) return fail(outputs);
  if (typeof outputs[0] === 'string') return find(outputs);
  if (outputs.length === 1) return find(outputs[0]);
  const named = outputs.map((output) => {
    const source = find(output);
    return [String(output[0]), source];
  });
  if (new Set(named.map(([name]) => name)).size < named.length) {
    throw new KerasError('A layer gives several outputs of the model. Let a layer of its own give each.');
  }
  return { named: Object.fromEntries(named) };
}

function fail(output: unknown): never {
  throw new KerasError(`The output ${shown(output)} is given by no layer.`);
}
