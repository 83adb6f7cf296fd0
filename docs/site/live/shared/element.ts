/**
 * The element of the page that has an id.
 *
 * @throws Error if the page has none, or one of another kind
 */
export function element<Kind extends Element>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(
    `The page has ${found === null ? 'no element' : `a <${found.localName}>`} #${id}; expected a ${kind.name}.`,
  );
}
