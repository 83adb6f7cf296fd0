/** A kernel in a module: a function of a workspace, its inputs and its outputs, all addresses. */
export interface Kernel {
  readonly index: number;
  /** Bytes of scratch memory that it needs while it runs. */
  readonly workspace: number;
}
