/**
 * A key that stands twice in one object of a JSON text, which JSON.parse does not report.
 *
 * @param text valid JSON
 * @returns the first such key, or undefined
 */
export function duplicateKey(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(undefined);
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const begin = at;
      for (at++; text[at] !== '"'; at++) if (text[at] === '\\') at++;
      let next = at + 1;
      while (' \t\n\r'.includes(text[next] ?? '.')) next++;
      if (text[next] !== ':') continue;
      const key: string = JSON.parse(text.slice(begin, at + 1));
      const keys = open[open.length - 1];
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}
