const texts = new WeakMap<object, string>();

/** The JSON of an object that nobody changes. It is written once per object: programs share theirs from pass to pass. */
export function jsonOf(unchanging: object): string {
  let text = texts.get(unchanging);
  if (text === undefined) {
    text = JSON.stringify(unchanging);
    texts.set(unchanging, text);
  }
  return text;
}
