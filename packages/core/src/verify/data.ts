/**
 * Whether a value is data that JSON carries unchanged: finite numbers, texts, truth values, null, and lists and plain
 * objects of them. Minus zero is none: JSON makes it zero.
 *
 * @param refuse receives the first thing that is not
 */
export function checkData(value: unknown, refuse: (problem: string) => never, path = ''): void {
  const at = path || 'the whole';
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || Object.is(value, -0)) {
      refuse(`${at} is ${Object.is(value, -0) ? '-0' : value}. Spell it as a text`);
    }
  } else if (Array.isArray(value)) {
    // By number: holes of a list are found, too.
    for (let index = 0; index < value.length; index++) checkData(value[index], refuse, `${path}[${index}]`);
  } else if (typeof value === 'object') {
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== null && prototype !== Object.prototype) refuse(`${at} is a ${value.constructor?.name}`);
    for (const [key, inner] of Object.entries(value)) checkData(inner, refuse, path ? `${path}.${key}` : key);
  } else {
    refuse(`${at} is ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}`);
  }
}
