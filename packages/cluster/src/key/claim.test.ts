import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ClusterError } from '../errors.js';
import { claimKey, holderOfKey } from './claim.js';
import { type KeyStore, memoryKeys } from './key-store.js';

const owner = (id: string) => ({ id, host: 'box', work: 'weft train' });
const KEY = 'coordinator';
/** Short, and far enough apart for a machine that stands still now and then. */
const FAST = { silenceSeconds: 3, renewSeconds: 0.05 };
/** A holder that never renews within a test: as good as dead. */
const DEAD = { silenceSeconds: 0.3, renewSeconds: 3600 };

describe('a claim', () => {
  it('is held until it is released, and then free at once', async () => {
    const keys = memoryKeys();
    const first = await claimKey(keys, KEY, owner('a'), FAST);
    expect(await holderOfKey(keys, KEY)).toEqual({ ...owner('a'), revision: first.revision });
    await first.release();
    expect(await holderOfKey(keys, KEY)).toBeUndefined();
    const second = await claimKey(keys, KEY, owner('b'), { ...FAST, silenceSeconds: 3600 });
    expect(second.revision).toBeGreaterThan(first.revision);
    await second.release();
  });

  it('is refused while its holder renews it, and the error names that one', async () => {
    const keys = memoryKeys();
    const first = await claimKey(keys, KEY, owner('a'), FAST);
    const seen: string[] = [];
    const second = claimKey(keys, KEY, owner('b'), { silenceSeconds: 3600, onWait: ({ id }) => seen.push(id) });
    await expect(second).rejects.toThrow('coordinator: weft train on box (a) holds it and is alive');
    await expect(second).rejects.toMatchObject({ name: 'ClusterError', code: 'taken' });
    expect(seen).toEqual(['a']);
    expect(first.isHeld).toBe(true);
    await first.release();
  });

  it('keeps its revision through renewals', async () => {
    const keys = memoryKeys();
    const claim = await claimKey(keys, KEY, owner('a'), FAST);
    const renewed = async () => (await keys.get(`${KEY}.renewed`))!.revision;
    const before = await renewed();
    while ((await renewed()) === before) await wait(10);
    expect((await keys.get(KEY))!.revision).toBe(claim.revision);
    await claim.release();
  });

  it('of a silent holder is taken over by one of many, whose revision is higher', async () => {
    const keys = memoryKeys();
    const dead = await claimKey(keys, KEY, owner('dead'), DEAD);
    const ids = ['a', 'b', 'c', 'd'];
    const claims = ids.map((id) => claimKey(keys, KEY, owner(id), { silenceSeconds: 0.3, renewSeconds: 0.02 }));
    const results = await Promise.allSettled(claims);
    const winners = results.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    expect(winners).toHaveLength(1);
    expect(winners[0].revision).toBeGreaterThan(dead.revision);
    for (const each of results) if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(ClusterError);
    await winners[0].release();
  });

  it('that was taken over is lost for its holder when that one wakes, and it removes nothing', async () => {
    const keys = memoryKeys();
    const sleeping = pausable(keys);
    const first = await claimKey(sleeping.keys, KEY, owner('a'), FAST);
    sleeping.pause();
    const second = await claimKey(keys, KEY, owner('b'), { silenceSeconds: 0.3, renewSeconds: 0.05 });
    sleeping.wake();
    expect((await first.lost).message).toContain('no longer holds it: weft train on box (b) has taken it over');
    expect(first.isHeld).toBe(false);
    await first.release();
    expect((await holderOfKey(keys, KEY))!.id).toBe('b');
    await second.release();
  });

  it('survives a server that is away, and an answer that was lost', async () => {
    const keys = memoryKeys();
    let calls = 0;
    const shaky: KeyStore = {
      ...keys,
      async set(key, value, revision) {
        const done = await keys.set(key, value, revision);
        if (key.endsWith('renewed') && ++calls % 2 === 0) throw new Error('the answer was lost');
        return done;
      },
    };
    const claim = await claimKey(shaky, KEY, owner('a'), FAST);
    while (calls < 9) await wait(10);
    expect(claim.isHeld).toBe(true);
    await claim.release();
  });

  it('is waited for no longer than the caller wants', async () => {
    const keys = memoryKeys();
    await claimKey(keys, KEY, owner('dead'), DEAD);
    const abort = new AbortController();
    const options = { silenceSeconds: 3600, signal: abort.signal, onWait: () => abort.abort() };
    await expect(claimKey(keys, KEY, owner('a'), options)).rejects.toThrow(/abort/i);
  });

  it('is taken over when its entry makes no sense', async () => {
    const keys = memoryKeys();
    await keys.set(KEY, Uint8Array.of(1, 2, 3), 0);
    expect(await holderOfKey(keys, KEY)).toBeUndefined();
    const claim = await claimKey(keys, KEY, owner('a'), DEAD);
    expect(claim.isHeld).toBe(true);
    await claim.release();
  });
});

/** Keys of a process that can be stopped: what it asks meanwhile is done when it wakes. */
function pausable(store: KeyStore) {
  let pause: Promise<void> | undefined;
  let wake = () => {};
  const awake = async <T>(call: () => Promise<T>) => {
    await pause;
    return call();
  };
  const keys: KeyStore = {
    get: (key) => awake(() => store.get(key)),
    set: (key, value, revision) => awake(() => store.set(key, value, revision)),
    remove: (key, revision) => awake(() => store.remove(key, revision)),
  };
  return {
    keys,
    pause: () => {
      pause = new Promise((resolve) => {
        wake = resolve;
      });
    },
    wake: () => wake(),
  };
}
