import type { CompiledProgram } from '@weft/core/program';
import { warningsOf } from '../runtime/runtime.js';
import type { SessionMemory } from '../step/session.js';
import type { Launch } from '../step/stages.js';
import type { StepsWork } from '../task.js';
import { CodeGuard, WrongCodeError } from './code-guard.js';

/**
 * Micro-batches from which on work is watched. Unpacked code for one of each kind takes as long as some ten of packed
 * code; and code is packed only when it has run for a while.
 */
const FEWEST = 500;

/** Told what is compiled on the way, before it runs, and with what it is watched. */
export type OnCompiled = (programs: ReadonlyMap<Launch, CompiledProgram>, work: StepsWork) => Promise<void>;

/**
 * Does work whose results depend on what it is given alone, and does it again by unpacked code if the engine's packed code
 * turns out to be wrong. Short work is not watched.
 *
 * @param microBatch examples to a micro-batch
 * @param run        does the work; what it did before is overwritten
 * @param isLong     whether it is watched; of a stream nobody knows how long it is
 */
export async function runGuarded(
  session: SessionMemory,
  work: StepsWork,
  programs: ReadonlyMap<Launch, CompiledProgram>,
  microBatch: number,
  run: (onCompiled: OnCompiled) => Promise<void>,
  isLong = work.count / microBatch >= FEWEST,
): Promise<void> {
  let guard = isLong ? await CodeGuard.begin(session, work, programs) : undefined;
  guard?.expectSteps();
  try {
    await run(async (more, all) => {
      guard?.check();
      guard = await guard?.withMore(session, all, more);
      guard?.expectSteps();
    });
    guard?.check();
  } catch (error) {
    if (!(error instanceof WrongCodeError)) throw error;
    warningsOf(session.runtime)(error.message);
    await guard?.fallBack();
    guard = undefined;
    await run(async () => {});
  }
}
