import type { Kind } from './kinds.js';

const UNITS: Readonly<Record<string, number>> = { KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 };

/** So much memory, in bytes. */
export const memorySize: Kind<number> = {
  placeholder: 'SIZE',
  expected: 'a size of memory in KB, MB or GB, such as 4GB',
  example: '4GB',
  read(text) {
    const [, number, unit] = /^(\d+(?:\.\d+)?)([KMG]B)$/i.exec(text) ?? [];
    const bytes = Math.floor(Number(number) * UNITS[unit?.toUpperCase()]);
    return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : undefined;
  },
};
