/** Whether a subject is one of a pattern with NATS's wildcards: `*` is one word, `>` one or more at the end. */
export function matches(pattern: string, subject: string): boolean {
  const wanted = pattern.split('.');
  const words = subject.split('.');
  const open = wanted.at(-1) === '>';
  if (open ? words.length < wanted.length : words.length !== wanted.length) return false;
  const fixed = open ? wanted.slice(0, -1) : wanted;
  return fixed.every((word, at) => word === '*' || word === words[at]);
}
