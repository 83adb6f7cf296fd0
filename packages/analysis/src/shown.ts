const LONGEST = 40;

/** A value of any kind as messages show what was got: what is large by what it is. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `the text '${shortened(value)}'`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint') return `the bigint ${value}`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value !== 'object' || value === null) return String(value);
  const name = (Object.getPrototypeOf(value) as object | null)?.constructor?.name ?? 'Object';
  return name === 'Object'
    ? `an object of ${shortened(Object.keys(value).join(', ')) || 'nothing'}`
    : `a value of ${name}`;
}

/** The beginning of a text that may have any length. */
export function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}...`;
}
