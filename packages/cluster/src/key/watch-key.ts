import { type Holder, holderOfKey } from './claim.js';
import type { KeyStore } from './key-store.js';

/** Milliseconds between two looks. */
const LOOK = 1000;

/**
 * Follows who holds a key: calls with the holder at once and when it has changed, with undefined when nobody holds it.
 * What a bucket says now counts, also when its revisions begin anew because the server has lost its store. While the
 * server is away nothing is called.
 *
 * @returns ends it
 */
export function watchKey(
  store: KeyStore,
  key: string,
  changed: (holder: Holder | undefined) => void,
  { lookMilliseconds = LOOK }: { readonly lookMilliseconds?: number } = {},
): () => void {
  let known: number | undefined;
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    const holder = await holderOfKey(store, key).catch(() => 'unknown' as const);
    if (isOver) return;
    if (holder !== 'unknown' && (holder?.revision ?? 0) !== known) {
      known = holder?.revision ?? 0;
      changed(holder);
    }
    timer = setTimeout(() => void look(), lookMilliseconds);
    timer.unref();
  };
  void look();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
