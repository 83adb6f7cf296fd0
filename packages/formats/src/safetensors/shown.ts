const LONGEST = 80;

/** The beginning of a text: what a file says may be as long as the file. */
export function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}...`;
}

/** A name from a file, as messages show it. */
export const quoted = (name: string): string => `'${shortened(name)}'`;

/** A piece of parsed JSON, as messages show it. What lies deeper than in an array is not looked at: it has no bottom. */
export function shown(value: unknown): string {
  if (!Array.isArray(value)) return shortened(member(value));
  return `[${shortened(value.slice(0, LONGEST).map(member).join(','))}]`;
}

function member(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  return Array.isArray(value) ? '[...]' : '{...}';
}
