/** What a worker is to do: the inputs of a target with numbers from `from` to below `count`. */
export interface Task {
  /** Name of one of ours, or the address of a module that exports `target`. */
  readonly target: string;
  readonly seed: number;
  readonly from: number;
  readonly count: number;
  /** CPU time that a reader may take for one input. */
  readonly longestSeconds: number;
  /** The number of the input at hand, in shared memory; -1 until the first one is. */
  readonly position: Int32Array;
}

/** An input that broke a law. */
export interface Finding {
  readonly index: number;
  readonly fault: string;
  /** In base64, made smaller where that was possible; empty if the reader never came back. */
  readonly input: string;
}

/** What came of a task. */
export interface Report {
  accepted: number;
  refused: number;
  slowestSeconds: number;
  mostAllocated: number;
  readonly findings: Finding[];
}
