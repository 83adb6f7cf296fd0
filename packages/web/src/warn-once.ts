const told = new Set<string>();

/** Warns on the console, unless it has warned of the same before. */
export function warnOnce(message: string): void {
  if (told.has(message)) return;
  told.add(message);
  console.warn(message);
}
