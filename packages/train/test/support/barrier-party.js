// A thread that meets others at a barrier, as the workers of a pool do. It runs what was built.
import { parentPort, workerData } from 'node:worker_threads';
import { arriveAndWait, BarrierBroken, breakBarrier } from '../../dist/barrier.js';

const { party, parties, buffer } = workerData;
const barrier = new Int32Array(buffer, 0, 2);
const slots = new Int32Array(buffer, 64, parties);

/** Writes, waits, and looks whether all others have written before they were let through. */
function meet(rounds, breaker, breakAt) {
  let unseen = 0;
  let round = 0;
  try {
    for (round = 1; round <= rounds; round++) {
      if (party === breaker && round === breakAt) {
        breakBarrier(barrier);
        return { unseen, round, broken: false };
      }
      slots[party] = round;
      arriveAndWait(barrier, parties);
      for (let other = 0; other < parties; other++) if (slots[other] !== round) unseen++;
      arriveAndWait(barrier, parties);
    }
  } catch (error) {
    if (!(error instanceof BarrierBroken)) throw error;
    return { unseen, round, broken: true };
  }
  return { unseen, round, broken: false };
}

parentPort.on('message', ({ rounds, breaker, breakAt }) => {
  parentPort.postMessage(meet(rounds, breaker, breakAt));
});
