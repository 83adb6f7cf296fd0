import type { DType, Shape, Tensor } from '@weft/core';
import { checkKnownOptions, refuse } from '@weft/core/program';
import { checkName } from '../layers/options.js';
import { BaseModel, type ModelGraph, type ModelOptions } from './base-model.js';
import { isRecordOf, leavesOf, mapNest, type Nest } from './block.js';
import { blockConfig, type LayerConfig, optionsConfig } from './config.js';
import { freeNames } from './names.js';
import { checkSymbolic, type SymbolicTensor } from './symbolic.js';

/** Options of `Model`. */
export interface FunctionalOptions<O extends Nest<SymbolicTensor> = Nest<SymbolicTensor>> extends ModelOptions {
  /** What the model takes: one, an array, or a record by name. */
  readonly inputs: Nest<SymbolicTensor>;
  /** What it gives: one, an array, or a record by name. */
  readonly outputs: O;
}

/** Where a layer's input comes from: an input of the model, or the output of a node. */
export type NodeSource = { readonly input: string } | { readonly node: number; readonly output?: string };

/** A functional model as plain data, without its weights. */
export interface ModelConfig {
  readonly name: string;
  readonly seed: number;
  readonly stream: number;
  readonly trainable?: boolean;
  readonly inputs: readonly { readonly name: string; readonly shape: Shape; readonly dtype: DType }[];
  readonly layers: readonly LayerConfig[];
  /** Uses of layers, in order; `layer` is a position in `layers`. */
  readonly nodes: readonly { readonly layer: number; readonly inputs: SourceNest }[];
  /** One source, or several by name. */
  readonly outputs: NodeSource | { readonly named: Readonly<Record<string, NodeSource>> };
}

/** What a layer takes: one source, several in order, or several by name. */
export type SourceNest = NodeSource | readonly NodeSource[] | { readonly named: Readonly<Record<string, NodeSource>> };

const KNOWN = ['inputs', 'outputs', 'name', 'seed', 'stream', 'trainable'];

/** Symbolic tensors by name: names given in a record come first, then their own, then chosen ones. */
function byName(
  label: string,
  nest: Nest<SymbolicTensor>,
  nameFor: (symbol: SymbolicTensor) => string,
): Record<string, SymbolicTensor> {
  if (isRecordOf(nest)) {
    for (const name of Object.keys(nest)) checkName(label, name);
    return { ...nest };
  }
  const free = freeNames(new Set());
  return Object.fromEntries(leavesOf(nest).map((symbol) => [free(nameFor(symbol)), symbol]));
}

function graphOf({ inputs, outputs }: FunctionalOptions): ModelGraph {
  for (const [option, nest] of Object.entries({ inputs, outputs })) {
    if (typeof nest !== 'object' || nest === null || leavesOf(nest).length === 0) {
      refuse('Model', option, nest, 'symbolic tensors: one, an array or a record of them');
    }
    checkSymbolic(`Model: ${option}`, nest);
  }
  const named = byName('Model: inputs', inputs, ({ name }) => name || 'input');
  if (new Set(Object.values(named)).size < Object.keys(named).length) {
    throw new RangeError('Model: one symbolic tensor is given as two inputs.');
  }
  return {
    inputs: named,
    // Names of layers are chosen later, with the others of the model.
    outputs: byName('Model: outputs', outputs, ({ name, source }) => name || source?.block.name || 'output'),
    isSingle: !Array.isArray(outputs) && !isRecordOf(outputs),
  };
}

/**
 * A model drawn up with `input` and `layer.apply`: layers may be shared, skip others, and take or give several tensors.
 *
 * Inputs and outputs are named by the record they are given in; otherwise inputs by their own names, and outputs as the
 * layers that give them. `call` gives a tensor where `outputs` is one, else a record by output.
 *
 * @example
 * const x = input({ shape: [8] });
 * const hidden = new Dense({ units: 8, activation: 'relu' }).apply(x);
 * const sum = new Add().apply([x, hidden]);
 * const model = new Model({ inputs: x, outputs: new Dense({ units: 1 }).apply(sum), seed: 42 });
 * model.call(zeros([2, 8])).shape; // [2, 1]
 */
export class Model<O extends Nest<SymbolicTensor> = SymbolicTensor> extends BaseModel<
  O extends SymbolicTensor ? Tensor : Record<string, Tensor>
> {
  /**
   * @throws RangeError if an output depends on what is not among the inputs, or two layers were given one name;
   *   TypeError if there is anything but symbolic tensors
   */
  constructor(options: FunctionalOptions<O>) {
    checkKnownOptions('Model', options, KNOWN);
    const { inputs, outputs, ...others } = options;
    const graph = graphOf({ inputs, outputs });
    super('Model', graph, others);
  }

  config(): ModelConfig {
    const { inputs, outputs, isSingle } = this.graph;
    const sources = new Map<SymbolicTensor, NodeSource>();
    for (const [name, symbol] of Object.entries(inputs)) sources.set(symbol, { input: name });
    for (const [node, application] of this.applications.entries()) {
      for (const symbol of leavesOf(application.outputs)) {
        if (!sources.has(symbol)) sources.set(symbol, { node, ...(symbol.name !== '' && { output: symbol.name }) });
      }
    }
    const sourcesOf = (nest: Nest<SymbolicTensor>): SourceNest => {
      const found = mapNest(nest, (symbol) => sources.get(symbol)!);
      return isRecordOf(nest) ? { named: found as Record<string, NodeSource> } : (found as NodeSource | NodeSource[]);
    };
    return {
      ...optionsConfig(this),
      inputs: this.inputs,
      layers: this.layers.map((layer) => blockConfig(layer, this.nameOf(layer))),
      nodes: this.applications.map(({ block, inputs: taken }) => ({
        layer: this.layers.indexOf(block),
        inputs: sourcesOf(taken),
      })),
      outputs: sourcesOf(isSingle ? Object.values(outputs)[0] : outputs) as ModelConfig['outputs'],
    };
  }
}
