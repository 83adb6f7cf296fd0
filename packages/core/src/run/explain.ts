import { countProgram, type ProgramCounts } from '../fuse/counters.js';
import type { Program } from '../trace/program.js';
import { KERNELS, LOWERING, type PassOptions, runPasses } from './passes.js';

/** A program after a pass. */
export interface ExplainedPass {
  readonly name: string;
  /** What the pass does, in one sentence. */
  readonly does: string;
  readonly program: Program;
  readonly counts: ProgramCounts;
}

/** Options of `explain`. */
export interface ExplainOptions extends PassOptions {
  /** Whether the program is lowered already. Default false. */
  readonly isLowered?: boolean;
}

/**
 * What compilation makes of a program, pass by pass, from the program as it was traced to its kernels.
 *
 * @example
 * const { program } = trace([relu(matmul(ones([2, 3]), ones([3, 4])))]);
 * explain(program).at(-1)!.counts.multiplyAccumulates; // 24
 * explain(program)[0].does; // 'Writes down what was asked for.'
 */
export function explain(program: Program, options: ExplainOptions = {}): ExplainedPass[] {
  const explained: ExplainedPass[] = [
    { name: 'trace', does: 'Writes down what was asked for.', program, counts: countProgram(program) },
  ];
  const passes = [...(options.isLowered ? [] : LOWERING), ...KERNELS];
  runPasses(program, passes, options, ({ name, does }, after) => {
    explained.push({ name, does, program: after, counts: countProgram(after) });
  });
  return explained;
}
