import { didYouMean } from '../options/likely-name.js';
import { shown } from '../options/shown.js';
import type { Callback } from './callback.js';

const HOOKS = Object.keys({
  onTrainBegin: true,
  onEpochBegin: true,
  nextLearningRate: true,
  onBatchEnd: true,
  onEpochEnd: true,
  onTrainEnd: true,
  state: true,
  restore: true,
} satisfies Record<keyof Callback, true>);

/** Names of an object's properties, those of its classes too. */
function namesOf(value: object): string[] {
  const names: string[] = [];
  for (let each = value; each && each !== Object.prototype; each = Object.getPrototypeOf(each)) {
    names.push(...Object.getOwnPropertyNames(each));
  }
  return names;
}

/**
 * Refuses callbacks that would not be called: a misspelt function would be ignored without a word.
 *
 * @throws TypeError naming what is wrong, and what was probably meant
 */
export function checkCallbacks(name: string, callbacks: readonly Callback[]): void {
  for (const [index, callback] of callbacks.entries()) checkCallback(`${name}: number ${index + 1}`, callback);
}

function checkCallback(name: string, callback: unknown): void {
  const fail = (message: string): never => {
    throw new TypeError(`${name} ${message}`);
  };
  const functions = `The functions of a callback are ${HOOKS.join(', ')}.`;
  if (typeof callback === 'function') {
    const isClass = /^class\b/.test(Function.prototype.toString.call(callback));
    const advice = isClass
      ? `Give new ${callback.name}().`
      : `Give an object, such as { onEpochEnd: (epoch, logs) => ... }. ${functions}`;
    fail(`is ${shown(callback)}; expected an object. ${advice}`);
  }
  if (typeof callback !== 'object' || callback === null || Array.isArray(callback)) {
    fail(`is ${shown(callback)}; expected an object. ${functions}`);
  }
  const names = namesOf(callback as object);
  for (const hook of names) {
    const value = (callback as Record<string, unknown>)[hook];
    if (HOOKS.includes(hook)) {
      if (value !== undefined && typeof value !== 'function')
        fail(`has ${shown(value)} as ${hook}; expected a function.`);
    } else if (typeof value === 'function' && /^on(?:[A-Z_]|$)/.test(hook)) {
      fail(`has a function '${hook}', which is never called. ${functions}${didYouMean(hook, HOOKS)}`);
    }
  }
  if (!HOOKS.some((hook) => names.includes(hook))) {
    const meant = names.map((each) => didYouMean(each, HOOKS)).find((text) => text !== '') ?? '';
    fail(`is ${shown(callback)}, which has nothing to call. ${functions}${meant}`);
  }
}
