/** A value as errors show it: strings in quotes, what is large by what it is. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return value.name ? `the function or class ${value.name}` : 'a function';
  if (Array.isArray(value)) return value.some(Array.isArray) ? 'an array of arrays' : `an array of ${value.length}`;
  if (typeof value !== 'object' || value === null) return String(value);
  const name = (Object.getPrototypeOf(value) as object | null)?.constructor?.name ?? 'Object';
  return name === 'Object' ? `an object of ${Object.keys(value).join(', ') || 'nothing'}` : `a value of ${name}`;
}
