import type { Tensor } from '@weft/core';
import { BaseModel, type Block, input, Model, Sequential, SymbolicTensor } from '@weft/nn';
import type { Parts } from './kind.js';
import { isGraphOfLayers, partsOfGraph } from './parts-of-graph.js';

/**
 * The halves of layers in a row, or of a functional model of layers.
 *
 * @param model layers in a row, whose names begin with `enc_` up to the latent, and others after it; or any functional
 *   model of layers, whose latent is the smallest value through which everything passes
 * @throws TypeError if it is no sequential model; RangeError if it has not both halves
 */
export function partsOfRow(model: BaseModel, label: string): Parts {
  if (isGraphOfLayers(model)) return partsOfGraph(model);
  if (!(model instanceof Sequential)) {
    throw new TypeError(`${label}: ${model?.name} is no Sequential, whose layers stand in a row.`);
  }
  const latent = model.layers.findLastIndex(({ name }) => name.startsWith('enc_'));
  if (latent < 0 || latent === model.layers.length - 1) {
    throw new RangeError(
      `${label}: cannot tell encoder from decoder in ${model.name}, whose layers are ` +
        `${model.layers.map(({ name }) => name).join(', ')}. Names of the encoder's layers must begin with 'enc_'.`,
    );
  }
  const encoder = model.slice(0, latent + 1, `${model.name}_encoder`);
  const decoder = model.slice(latent + 1, undefined, `${model.name}_decoder`);
  return { model, encoder, decoder, prior: undefined };
}

/**
 * A model within a model, by the name that it has there.
 *
 * @throws RangeError if there is none
 */
export function innerModel(model: BaseModel, name: string, label: string): BaseModel {
  const found = model.layers?.find((layer: Block) => model.nameOf(layer) === name);
  if (found instanceof BaseModel) return found;
  throw new RangeError(
    `${label}: the model ${model.name} has no part '${name}'; it has ` +
      `${model.layers?.map((layer) => model.nameOf(layer)).join(', ')}. Give a model of this kind, as it was saved.`,
  );
}

/** @throws TypeError if a model has not one input and one output */
export function asSingle(model: BaseModel, label: string): BaseModel<Tensor> {
  if (model.graph?.isSingle && model.inputs.length === 1) return model as BaseModel<Tensor>;
  throw new TypeError(`${label}: ${model?.name} is no model of one input and one output.`);
}

/** One of the outputs of a model, as a model that shares its layers. */
export function withOutput(model: BaseModel, output: string, name: string): BaseModel<Tensor> {
  const { shape, name: taken } = model.inputs[0];
  const x = input({ shape, name: taken });
  const given = model.apply(x);
  const y = given instanceof SymbolicTensor ? given : (given as Readonly<Record<string, SymbolicTensor>>)[output];
  return new Model({ inputs: x, outputs: y, name });
}

/** The parts of a model that is made of models named `encoder` and `decoder`. */
export function partsOfHalves(model: BaseModel, label: string): Parts {
  const [encoder, decoder] = ['encoder', 'decoder'].map((name) => asSingle(innerModel(model, name, label), label));
  return { model: asSingle(model, label), encoder, decoder, prior: undefined };
}
