import { availableParallelism, cpus, loadavg } from 'node:os';
import { useVectors } from '@weft/pool';

/** Where and when something was measured. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  /** Bits of the vectors that kernels are written for. */
  readonly vectorBits: number;
  /** Mean number of running processes in the minute before and in the last minute of the run; 0 on Windows. */
  readonly load: readonly [number, number];
}

/** Describes the machine now; the second load is filled in by `afterwards`. */
export function machine(): Machine {
  const load = loadavg()[0];
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    node: process.version,
    vectorBits: useVectors(),
    load: [load, load],
  };
}

/** The machine at the end of a run. */
export function afterwards(before: Machine): Machine {
  return { ...before, load: [before.load[0], loadavg()[0]] };
}

/** The machine in a line. */
export function describeMachine({ cpu, cores, node, vectorBits, load }: Machine): string {
  const loads =
    load[0] === load[1] ? `load ${load[0].toFixed(2)}` : `load ${load[0].toFixed(2)} to ${load[1].toFixed(2)}`;
  return `${cpu}, ${cores} cores, Node ${node}, ${vectorBits} bits, ${loads}`;
}
