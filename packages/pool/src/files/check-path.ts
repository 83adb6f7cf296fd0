import { BaseModel } from '@weft/nn';

/**
 * @param call  for the message, such as `saveModel`
 * @param model what was given after the path, if anything: the two are easily swapped
 * @throws TypeError if it is no path
 */
export function checkPath(call: string, path: unknown, model?: unknown): asserts path is string {
  if (typeof path === 'string' && path !== '') return;
  const isSwapped = typeof model === 'string' && typeof path === 'object';
  const example = model === undefined ? "'model.safetensors'" : "'model.safetensors', model";
  const advice = isSwapped ? 'The path comes first' : 'Give the path of a file';
  throw new TypeError(`${call}: the path is ${described(path)}; expected a text. ${advice}: ${call}(${example}).`);
}

function described(value: unknown): string {
  if (value instanceof BaseModel) return `the model ${value.name}`;
  if (typeof value === 'string') return 'empty';
  return typeof value === 'object' && value !== null ? `a value of ${value.constructor?.name}` : String(value);
}
