import type { Sequential } from '@weft/nn';
import { shown } from './shown.js';

/** @throws TypeError if it is no model */
export function checkModel(call: string, model: Sequential): void {
  const given: unknown = model;
  const { call: forward, inputShape, model: inner } = (given ?? {}) as Record<string, unknown>;
  if (typeof forward === 'function' && Array.isArray(inputShape)) return;
  const advice = inner ? 'Give its property model.' : 'Make one with new Sequential([...layers], { inputShape }).';
  throw new TypeError(`${call}: the model is ${shown(given)}; expected a Sequential. ${advice}`);
}
