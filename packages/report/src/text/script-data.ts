/** Characters that could end a script's element, open a comment in it, or end a line of a script. */
const UNSAFE = /[<>&\u2028\u2029]/g;

/**
 * JSON that stands in a script element of HTML and cannot leave it, whatever its texts are. Keys are sorted: data that were
 * read from a file have the same text as those that were drawn.
 *
 * @param value plain data; numbers that are not finite become null
 */
export function scriptData(value: unknown): string {
  return JSON.stringify(value, sorted).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function sorted(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
