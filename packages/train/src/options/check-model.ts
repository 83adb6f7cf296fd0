import { BaseModel } from '@weft/nn';
import { shown } from './shown.js';

/**
 * @throws TypeError if it is not a model
 * @example
 * checkModel('mine', new Sequential([new Flatten()], { inputShape: [2, 2] }));
 * checkModel('mine', {}); // throws TypeError
 */
export function checkModel(call: string, model: unknown): asserts model is BaseModel {
  if (model instanceof BaseModel) return;
  const { model: inner } = (model ?? {}) as Record<string, unknown>;
  const advice =
    inner instanceof BaseModel
      ? 'Give its property model.'
      : 'Make one with new Sequential([...layers], { inputShape }) or new Model({ inputs, outputs }).';
  throw new TypeError(`${call}: the model is ${shown(model)}; expected a Sequential or a Model. ${advice}`);
}
