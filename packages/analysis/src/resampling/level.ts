import { shown } from '../shown.js';

/** @throws RangeError unless the level is a probability between 0 and 1 */
export function requireLevel(caller: string, level: number): void {
  if (typeof level === 'number' && level > 0 && level < 1) return;
  throw new RangeError(
    `${caller}: the level is ${shown(level)}, expected a probability between 0 and 1, such as 0.95.`,
  );
}
