// Programs: the passes, and how their result is run. For trainers, tools and the curious.
export { transposedWindow } from './compositions/conv2d-transpose.js';
export type { ConvolutionAlgorithm, ConvolutionOption } from './convolution/choose.js';
export type { ConvolutionRecord } from './convolution/lower.js';
export { withCustomSection } from './emit/custom-section.js';
export type { MatmulTiles, VectorBits } from './emit/tiles.js';
export { countProgram, type ProgramCounts } from './fuse/counters.js';
export { fuse } from './fuse/fuse.js';
export { applyOperation, isOfKind, type OperationName } from './operations/table.js';
// For writing layers and other operations: how options, shapes and windows are checked, and how errors read.
export { type Padding, resolveWindow, type Window, windowPositions } from './operations/window.js';
export { ALIGNMENT, type MemoryPlan, type Placement, planMemory } from './plan/plan.js';
export { print } from './print/print.js';
export {
  type Binding,
  type CompiledProgram,
  type CompileOptions,
  compile,
  lower,
  type PlannedProgram,
  type ProgramSource,
  planProgram,
} from './run/compile.js';
export { defaultKernels } from './run/compute.js';
export {
  compileModule,
  compileModuleAsync,
  type Executable,
  referenceExecutable,
  wasmExecutable,
} from './run/executable.js';
export { type ExplainedPass, type ExplainOptions, explain } from './run/explain.js';
export type { PassOptions } from './run/passes.js';
export { Recent } from './run/recent.js';
export { statistics } from './run/statistics.js';
export { hasRelaxedSimd, hasSimd } from './run/support.js';
export type { StepProgram } from './shard/build.js';
export { type Partition, type PartitionOptions, type Phase, partition } from './shard/partition.js';
export { type Access, bytesOfRow, type Slot } from './shard/plan.js';
export { checkTensor, describe } from './tensor/describe.js';
export { mostSimilar } from './tensor/most-similar.js';
export { checkKnownOptions, numberIn, oneOf, refuse } from './tensor/options.js';
export { byteLength, checkShape, formatShape, sameShape, sizeOf } from './tensor/shape.js';
export { jsonOf } from './trace/json.js';
export type { Operation, Program } from './trace/program.js';
export { type Trace, trace } from './trace/trace.js';
export { setVerification, verify } from './verify/verify.js';
