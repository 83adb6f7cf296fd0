import * as everyLayer from '../layers/index.js';
import type { BaseModel } from './base-model.js';
import type { Block, Named, Nest } from './block.js';
import { type FunctionalOptions, Model } from './model.js';
import { Sequential, type SequentialOptions } from './sequential.js';
import { applyBlock, type InputOptions, input, SymbolicTensor } from './symbolic.js';

/** Classes of layers by type; each takes what `config()` of its layers gave. */
export type LayerClasses = Readonly<Record<string, new (config: never) => Block>>;

/** Every layer of `layers/index.ts`. */
const known = Object.entries(everyLayer).filter(
  ([, value]) => value.prototype instanceof everyLayer.BaseLayer,
) as unknown as readonly (readonly [string, new (config: never) => Block])[];

type Data = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fail(message: string): never {
  throw new RangeError(`modelFromConfig: ${message}`);
}

/** How deep models may lie in models: data from a file must not exhaust the call stack. */
const DEEPEST = 100;

/**
 * The model that `config()` described, with its first weights.
 *
 * @param config plain data, such as parsed JSON; nothing is taken for granted
 * @param custom classes of layers of your own, by type
 * @throws RangeError naming what is missing, unknown or not what it must be
 * @example
 * const model = new Sequential([new Dense({ units: 2 })], { inputShape: [3], seed: 42 });
 * const again = modelFromConfig(JSON.parse(JSON.stringify(model.config())));
 * again.weights[0].data.join() === model.weights[0].data.join(); // true
 */
export function modelFromConfig(config: unknown, custom: LayerClasses = {}): BaseModel {
  return build(config, new Map([...known, ...Object.entries(custom)]), 0);
}

type Classes = ReadonlyMap<string, new (config: never) => Block>;

function build(config: unknown, classes: Classes, depth: number): BaseModel {
  if (depth > DEEPEST) fail(`models lie deeper than ${DEEPEST} in one another.`);
  if (!isRecord(config) || !Array.isArray(config.layers)) {
    fail('expected { name, inputShape, seed, stream, layers }, or { name, inputs, layers, nodes, outputs }.');
  }
  const layers = config.layers.map((entry: unknown, position) => {
    if (!isRecord(entry) || typeof entry.type !== 'string' || !isRecord(entry.config)) {
      fail(`the layer at position ${position} is not { type, config }.`);
    }
    const { type, config: inner } = entry;
    const layerClass = classes.get(type);
    if (layerClass) return new layerClass(inner as never);
    if (type === 'Sequential' || type === 'Model') return build(inner, classes, depth + 1);
    return fail(
      `there is no layer '${type}'. Known are ${[...classes.keys()].join(', ')}; ` +
        'pass classes of your own as the second argument.',
    );
  });
  // The builders check the options themselves: what a file says has no types. Files used to call the stream a purpose.
  const { name, seed, stream = config.purpose, trainable } = config;
  const options = Object.fromEntries(
    Object.entries({ name, seed, stream, trainable }).filter(([, value]) => value !== undefined),
  );
  if (!('nodes' in config)) {
    const { inputShape, inputDtype } = config;
    const given = { ...options, inputShape, ...(inputDtype !== undefined && { inputDtype }) };
    return new Sequential(layers, given as unknown as SequentialOptions);
  }
  return new Model({ ...options, ...rebuild(config, layers) } as FunctionalOptions) as BaseModel;
}

/** The inputs and outputs of a functional model, with its layers between them. */
function rebuild(
  config: Data,
  layers: readonly Block[],
): { inputs: Nest<SymbolicTensor>; outputs: Nest<SymbolicTensor> } {
  const { inputs, nodes } = config;
  if (!Array.isArray(inputs) || !Array.isArray(nodes)) fail('inputs and nodes must be arrays.');
  const symbols = new Map<string, SymbolicTensor>(
    inputs.map((entry: unknown) => {
      if (!isRecord(entry) || typeof entry.name !== 'string') fail('an input is not { name, shape, dtype }.');
      return [entry.name, input(entry as unknown as InputOptions)];
    }),
  );
  const results: Named<SymbolicTensor>[] = [];
  const symbolOf = (source: unknown): SymbolicTensor => {
    const { input: name, node, output } = (isRecord(source) ? source : {}) as Data;
    const result = typeof name === 'string' ? symbols.get(name) : results[node as number];
    const symbol =
      result instanceof SymbolicTensor || !result || typeof output !== 'string' || !Object.hasOwn(result, output)
        ? result
        : result[output];
    if (symbol instanceof SymbolicTensor) return symbol;
    return fail(`${JSON.stringify(source)?.slice(0, 60)} names neither an input nor an earlier node.`);
  };
  const nestOf = (source: unknown): Nest<SymbolicTensor> => {
    if (Array.isArray(source)) return source.map(symbolOf);
    if (!isRecord(source) || !isRecord(source.named)) return symbolOf(source);
    return Object.fromEntries(Object.entries(source.named).map(([name, each]) => [name, symbolOf(each)]));
  };
  for (const node of nodes as unknown[]) {
    const layer = isRecord(node) ? layers[node.layer as number] : undefined;
    if (!layer) fail('a node names no layer of the model.');
    results.push(applyBlock(layer, nestOf((node as Data).inputs)));
  }
  return { inputs: Object.fromEntries(symbols), outputs: nestOf(config.outputs) };
}
