import type { Target } from './target.js';
import { targets } from './targets/index.js';

/**
 * A target by its name, or by the address of a module that exports it as `target`.
 *
 * @throws RangeError if there is none
 */
export async function loadTarget(name: string): Promise<Target> {
  const known = targets.find((target) => target.name === name);
  if (known) return known;
  if (name.startsWith('file:')) return (await import(name)).target;
  throw new RangeError(`There is no target ${name}. Targets: ${targets.map((target) => target.name).join(', ')}.`);
}
