import type { Tensor } from '@weft/core';
import { sizeOf } from '@weft/core/program';
import { type Application, BaseModel, input, Model, SymbolicTensor } from '@weft/nn';
import type { Parts } from './kind.js';

/** Whether a model is of layers alone, with one input and one output: then its halves can be found. */
export function isGraphOfLayers(model: BaseModel): model is BaseModel<Tensor> {
  const { applications = [], graph } = model;
  const isOfLayers = applications.every(({ block, outputs }) => {
    return !(block instanceof BaseModel) && outputs instanceof SymbolicTensor;
  });
  return model instanceof Model && graph.isSingle && model.inputs.length === 1 && applications.length > 1 && isOfLayers;
}

/**
 * The halves of a model whose layers have no telling names, as those of files of other tools: the latent is the smallest
 * value through which everything passes, the first of equals. Where something always goes past, as in a U-Net, it is the
 * smallest of all, and there is no decoder.
 */
export function partsOfGraph(model: BaseModel<Tensor>): Parts {
  const { applications, name, graph } = model;
  const [[given, source]] = Object.entries(graph.inputs);
  const [target] = Object.values(graph.outputs);
  const made = applications.map(({ outputs }) => outputs as SymbolicTensor);
  const inner = made.slice(0, -1).map((symbol, at) => ({ symbol, at }));
  const cuts = inner.filter(({ at }) => passesAll([source, ...made], applications, target, at));
  const all = cuts.length > 0 ? cuts : inner;
  const latent = all.reduce((best, each) => (sizeOf(each.symbol.shape) < sizeOf(best.symbol.shape) ? each : best));
  const encoder = new Model({ inputs: { [given]: source }, outputs: latent.symbol, name: `${name}_encoder` });
  return { model, encoder, decoder: cuts.length > 0 ? decoderAfter(model, latent) : undefined, prior: undefined };
}

/** Whether nothing that was made before a place is read after it. */
function passesAll(
  symbols: readonly SymbolicTensor[],
  applications: readonly Application[],
  target: SymbolicTensor,
  at: number,
): boolean {
  const before = new Set(symbols.slice(0, at + 1));
  const read = applications.slice(at + 1).flatMap(({ inputs }) => symbolsOf(inputs));
  return ![...read, target].some((symbol) => before.has(symbol));
}

const symbolsOf = (inputs: Application['inputs']): readonly SymbolicTensor[] =>
  inputs instanceof SymbolicTensor ? [inputs] : Object.values(inputs);

/** What comes after the latent, as a model of the same layers. */
function decoderAfter({ applications, graph, name }: BaseModel, latent: { symbol: SymbolicTensor; at: number }): Model {
  const x = input({ shape: latent.symbol.shape, name: 'latent' });
  const now = new Map([[latent.symbol, x]]);
  const turned = (symbol: SymbolicTensor) => now.get(symbol) as SymbolicTensor;
  for (const { block, inputs, outputs } of applications.slice(latent.at + 1)) {
    const taken = inputs instanceof SymbolicTensor ? turned(inputs) : symbolsOf(inputs).map(turned);
    const layer = block as unknown as { apply(x: SymbolicTensor | readonly SymbolicTensor[]): SymbolicTensor };
    now.set(outputs as SymbolicTensor, layer.apply(taken));
  }
  return new Model({ inputs: x, outputs: turned(Object.values(graph.outputs)[0]), name: `${name}_decoder` });
}
