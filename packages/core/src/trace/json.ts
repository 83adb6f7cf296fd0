const texts = new WeakMap<object, string>();

/**
 * The JSON of an object that nobody changes. It is written once per object: programs share theirs from pass to pass.
 *
 * @example
 * jsonOf({ shape: [2, 3] }); // '{"shape":[2,3]}'
 */
export function jsonOf(unchanging: object): string {
  let text = texts.get(unchanging);
  if (text === undefined) {
    text = JSON.stringify(unchanging);
    texts.set(unchanging, text);
  }
  return text;
}
