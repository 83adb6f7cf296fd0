/** Longest wait in milliseconds, or 0 for none. Only `pnpm verify` asks for any. */
const longest = Number(process.env.WEFT_WORKER_DELAYS ?? 0);

const nobodyNotifies = new Int32Array(new SharedArrayBuffer(4));

/**
 * Has a worker wait for a random time where it asks for work or for the others, if that was wished for: to show that no
 * bit depends on who is where at what time.
 */
export function delay(): void {
  if (longest > 0) Atomics.wait(nobodyNotifies, 0, 0, Math.random() * longest);
}
