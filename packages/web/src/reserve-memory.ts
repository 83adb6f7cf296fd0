import { SharedMemoryError } from '@weft/train';
import { MAXIMUM_PAGES, SharedMemory } from '@weft/train/runtime';

/** The most that a memory may grow to: 4 GiB, or less where the browser does not give that many addresses. */
const LADDER = [1, 2, 4, 8, 16].map((part) => MAXIMUM_PAGES / part);

/**
 * The memory of a pool.
 *
 * @throws SharedMemoryError if the browser has none of WebAssembly's shared memories, or gives no more addresses
 */
export function reserveMemory(): SharedMemory {
  let refusal: unknown;
  for (const pages of LADDER) {
    try {
      return new SharedMemory(pages);
    } catch (error) {
      refusal = error;
    }
  }
  const { cause = refusal } = refusal as Error;
  const isUnknown = !isShared();
  throw new SharedMemoryError(
    isUnknown
      ? "This browser has no shared WebAssembly memory, on which Weft's kernels compute. Use Chrome or Edge from version 74 on, Firefox from 79 on, or Safari from 14.1 on."
      : 'The browser gives no addresses for one more WebAssembly memory. Close pools that are not needed, or other tabs.',
    { cause },
  );
}

/** Whether the engine makes shared memories at all. */
function isShared(): boolean {
  try {
    const { buffer } = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    return !(buffer instanceof ArrayBuffer);
  } catch {
    return false;
  }
}
