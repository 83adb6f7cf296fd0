import { AUTOENCODERS, type ModelKey } from '@weft/models';
import type { Kind } from '../arguments/kinds.js';

/** The keys of all models that can be trained. */
export const MODEL_KEYS = Object.keys(AUTOENCODERS) as ModelKey[];

/** What `--model all` trains. */
const ALL = ['cae', 'cdae'] as const satisfies readonly ModelKey[];

/** Whether there is a model of that key. */
export function isModelKey(key: string): key is ModelKey {
  return Object.hasOwn(AUTOENCODERS, key);
}

/** The models that `--model` asks for, in the order of their training. */
export function modelKeys(asked: string): readonly ModelKey[] {
  return asked === 'all' ? ALL : asked.split(',').filter(isModelKey);
}

/** How people name a model: that of a file may be none of ours. */
export function modelTitle(key: string): string {
  return isModelKey(key) ? AUTOENCODERS[key].title : key;
}

/** Models by their keys, separated by commas, each once; `all` is the first two. */
export const modelList: Kind<string> = {
  placeholder: 'MODEL,...',
  expected: `all (which is ${ALL.join(' and ')}), or models separated by commas: ${MODEL_KEYS.join(', ')}`,
  example: 'cae',
  read(text) {
    if (text === 'all') return text;
    const keys = text.split(',').map((key) => key.trim());
    return keys.every(isModelKey) && new Set(keys).size === keys.length ? keys.join() : undefined;
  },
};
