import type { Kind } from './kinds.js';

/** Several values with commas between them, each once. */
export function listOf<Value>(kind: Kind<Value>): Kind<readonly Value[]> {
  return {
    placeholder: `${kind.placeholder},...`,
    expected: `${kind.expected}, or several with commas between them, each once`,
    example: kind.example,
    read(text) {
      const words = text.split(',').map((word) => word.trim());
      const values = words.map((word) => kind.read(word));
      if (values.some((value) => value === undefined) || new Set(values).size < values.length) return undefined;
      return values as Value[];
    },
  };
}
