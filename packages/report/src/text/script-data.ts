/** Characters that could end a script's element, open a comment in it, or end a line of a script. */
const UNSAFE = /[<>&\u2028\u2029]/g;

/**
 * JSON that stands in a script element of HTML and can not leave it, whatever its texts are.
 *
 * @param value plain data; numbers that are not finite become null
 */
export function scriptData(value: unknown): string {
  return JSON.stringify(value).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
