const LONGEST = 40;

/**
 * A value of any kind as messages show what was got: `the string 'a'`, `an array [1,2]`, `an object { axes }`.
 *
 * @example
 * describe(['a', 1]); // 'an array [a,1]'
 * describe(tensor([[1, 2]])); // 'a tensor Tensor[1,2]'
 */
export function describe(value: unknown): string {
  if (typeof value === 'string') return `the string '${shortened(value)}'`;
  if (typeof value === 'bigint') return `the bigint ${value}`;
  if (typeof value === 'function') return `the function ${value.name || 'without a name'}`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `an array [${describeElements(value)}]`;
  const kind = value.constructor?.name ?? 'Object';
  if (ArrayBuffer.isView(value)) return `${kind} of ${(value as { length?: number }).length ?? value.byteLength}`;
  if (isTensor(value)) return `a tensor ${value}`;
  return kind === 'Object' ? `an object { ${shortened(Object.keys(value).join(', '))} }` : `an object of ${kind}`;
}

/** Whether a value is a tensor, also one of another copy of this package. */
export function isTensor(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'node' in value && 'index' in value && 'dtype' in value;
}

/** The elements of an array as messages show them: as many as are read at a glance, and nothing of what is in them. */
export function describeElements(array: readonly unknown[]): string {
  const elements = array
    .slice(0, LONGEST)
    .map((element) => (Array.isArray(element) ? '[...]' : typeof element === 'object' ? '{...}' : String(element)))
    .join();
  return shortened(elements + (array.length > LONGEST ? ',' : ''));
}

/** The beginning of a text that may have any length. */
export function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}...`;
}

/**
 * Checks what stands where a tensor must.
 *
 * @throws TypeError naming what was got
 * @example
 * checkTensor('mine', [1, 2]); // throws TypeError
 */
export function checkTensor(operation: string, value: unknown, expected = 'a tensor'): void {
  if (!isTensor(value)) {
    throw new TypeError(
      `${operation}: expected ${expected}, got ${describe(value)}. Make a tensor of numbers or arrays with tensor().`,
    );
  }
}

/** The same for an array of them. */
export function checkTensors(operation: string, argument: string, values: unknown): void {
  if (!Array.isArray(values)) {
    throw new TypeError(
      `${operation}: ${argument} must be an array of tensors, got ${describe(values)}.` +
        (isTensor(values) ? ' Put it in brackets.' : ''),
    );
  }
  for (const value of values) checkTensor(operation, value);
}
