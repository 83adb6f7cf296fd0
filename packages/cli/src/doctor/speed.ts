import { hasSimd } from '@weft/core/program';
import { Dense, Sequential } from '@weft/nn';
import { availableThreads, predict, WorkerPool } from '@weft/pool';
import type { Examination } from './examination.js';

const WIDTH = 512;
const LAYERS = 4;
const ROWS = 512;
const OPERATIONS = 2 * ROWS * WIDTH * WIDTH * LAYERS;
/** Of all tries in this time the best counts: others on the machine can only make it slower. */
const MILLISECONDS = 400;

/** Matrix products of the size of dense layers, on one thread and on all. */
export async function speed(): Promise<Examination> {
  // The reference kernels would take minutes.
  if (!hasSimd()) return { text: 'not measured without SIMD', facts: {}, findings: [] };
  const threads = availableThreads();
  const one = await measure(1);
  const all = threads === 1 ? one : await measure(threads);
  const each = all / threads;
  const isShared = each < one / 2 ? '; other programs seem to use the cores' : '';
  return {
    text: `${shown(one)} GFLOP/s on one thread, ${shown(all)} on ${threads} (${shown(each)} a core)${isShared}`,
    facts: { threads, oneThread: one, allThreads: all, perCore: each, unit: 'GFLOP/s' },
    findings: [],
  };
}

const shown = (value: number) => value.toPrecision(3);

async function measure(threads: number): Promise<number> {
  const layers = Array.from({ length: LAYERS }, () => new Dense({ units: WIDTH, useBias: false }));
  const model = new Sequential(layers, { inputShape: [WIDTH] });
  const rows = new Float32Array(ROWS * WIDTH).fill(0.5);
  const pool = await WorkerPool.create({ threads });
  try {
    // The first call starts the workers, and compiles.
    await predict(model, rows, { pool });
    let best = 0;
    const begun = performance.now();
    while (performance.now() - begun < MILLISECONDS) {
      const started = performance.now();
      await predict(model, rows, { pool });
      best = Math.max(best, OPERATIONS / (performance.now() - started) / 1e6);
    }
    return best;
  } finally {
    await pool.close();
  }
}
