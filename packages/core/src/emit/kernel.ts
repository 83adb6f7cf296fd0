import type { Program } from '../trace/program.js';
import type { FunctionBuilder } from './assembler.js';

/** A kernel in a module: a function of a workspace, its inputs and its outputs, all addresses. */
export interface Kernel {
  readonly callee: FunctionBuilder;
  /** Bytes of scratch memory that it needs while it runs. */
  readonly workspace: number;
}

/** The kinds of a kernel's parameters: the workspace, its inputs and its outputs. */
export function kernelParameters(body: Program): 'i32'[] {
  return new Array<'i32'>(1 + body.inputs.length + body.outputs.length).fill('i32');
}
