import type { KernelAttributes, KernelKind } from '../fuse/kernels.js';
import { ALIGNMENT, ARENA, type MemoryPlan, type Placement } from '../plan/plan.js';
import type { Operation, Program } from '../trace/program.js';
import { emitAffineSample, emitAffineScatter } from './affine-sample.js';
import type { Local } from './assembler.js';
import { emitCastBytes, emitIota } from './cast.js';
import { emitDepthwise } from './depthwise.js';
import { emitDepthwiseWeightGradient } from './depthwise-weights.js';
import { emitGatherTiles } from './gather-tiles.js';
import type { Kernel } from './kernel.js';
import { kernelLabel } from './labels.js';
import { emitLoop } from './loop.js';
import { emitMatmul } from './matmul.js';
import { ModuleBuilder } from './module.js';
import { emitMaxPool, emitMaxUnpool, emitTakePlaces } from './pooling.js';
import { emitRandom } from './random.js';
import { emitScatterRows, emitTakeRows } from './rows.js';
import { emitScatterTiles } from './scatter-tiles.js';
import { emitSoftmax } from './softmax.js';
import type { EmitOptions } from './tiles.js';
import { emitCopies } from './views.js';

type Emitter = (module: ModuleBuilder, body: Program, name: string) => Kernel;

const EMITTERS = {
  loop: emitLoop,
  matmul: emitMatmul,
  depthwiseConv2d: emitDepthwise,
  depthwiseTranspose: emitDepthwise,
  depthwiseCorrelation: emitDepthwiseWeightGradient,
  gatherTiles: emitGatherTiles,
  scatterTiles: emitScatterTiles,
  maxPool2d: emitMaxPool,
  maxPool2dPlace: emitMaxPool,
  maxUnpool2d: emitMaxUnpool,
  takePlaces2d: emitTakePlaces,
  takeRows: emitTakeRows,
  scatterRows: emitScatterRows,
  affineSample: emitAffineSample,
  affineScatter: emitAffineScatter,
  softmax: emitSoftmax,
  logSoftmax: emitSoftmax,
  random: emitRandom,
  castBytes: emitCastBytes,
  iota: emitIota,
  transpose: emitCopies,
  slice: emitCopies,
  pad: emitCopies,
  concatenate: emitCopies,
} as const satisfies Record<KernelKind, Emitter>;

/** The emitter of a kind of kernel. Programs may come from elsewhere, so that the type alone is not enough. */
function emitterOf(kind: string): Emitter {
  if (Object.hasOwn(EMITTERS, kind)) return EMITTERS[kind as KernelKind];
  throw new TypeError(`emitModule: there is no WebAssembly for "${kind}".`);
}

/** A module's bytes, and how it is called: `prologue` and `main` take the address of each segment, the arena's first. */
export interface EmittedModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Bytes of the arena: the plan's, and the kernels' workspace. */
  readonly arenaBytes: number;
  readonly segments: number;
}

/** The memory that a module is to be run in. */
export interface MemoryLimits {
  /** Pages of 64 KiB. */
  readonly initial: number;
  readonly maximum: number;
  readonly shared: boolean;
}

/**
 * Writes a fused and planned program as a WebAssembly module: a function for each kernel, with sizes as constants, and
 * two that call them in order with their addresses.
 */
export function emitModule(
  program: Program,
  plan: MemoryPlan,
  memory: MemoryLimits,
  options: EmitOptions = {},
): EmittedModule {
  const module = new ModuleBuilder(options);
  const kernels = new Map<Operation, Kernel>();
  for (const operation of [...plan.prologue, ...plan.main]) {
    const kernel = kernelOf(module, program, operation, plan);
    if (kernel) kernels.set(operation, kernel);
  }
  const workspace = Math.max(0, ...[...kernels.values()].map((kernel) => kernel.workspace));
  const segments = 1 + Math.max(ARENA, ...plan.placements.map((placement) => placement?.segment ?? ARENA));
  const workspacePlacement = { segment: ARENA, offset: plan.arenaBytes };

  for (const [name, operations] of [
    ['prologue', plan.prologue],
    ['main', plan.main],
  ] as const) {
    module.export(name, new Array<'i32'>(segments).fill('i32'), (f, ...bases: Local[]) => {
      const push = ({ segment, offset }: Placement) => f.get(bases[segment]).i32(offset).op('add');
      for (const operation of operations) {
        const kernel = kernels.get(operation);
        if (!kernel) continue;
        push(workspacePlacement);
        for (const value of [...operation.inputs, ...operation.outputs]) push(plan.placements[value] as Placement);
        f.call(kernel.callee);
      }
    });
  }
  const arenaBytes = plan.arenaBytes + Math.ceil(workspace / ALIGNMENT) * ALIGNMENT;
  return { bytes: module.encode(memory), arenaBytes, segments };
}

function kernelOf(module: ModuleBuilder, program: Program, operation: Operation, plan: MemoryPlan): Kernel | undefined {
  if (operation.name === 'reshape') {
    const [from, to] = [plan.placements[operation.inputs[0]], plan.placements[operation.outputs[0]]];
    if (from === to) return undefined;
    const body: Program = {
      values: [program.values[operation.inputs[0]], program.values[operation.outputs[0]]],
      inputs: [0],
      outputs: [1],
      operations: [{ ...operation, inputs: [0], outputs: [1] }],
    };
    return emitCopies(module, body, `${kernelLabel('reshape', body)} ${JSON.stringify(body)}`);
  }
  const { kind, body } = operation.attributes as KernelAttributes;
  return emitterOf(kind)(module, body, `${kernelLabel(kind, body)} ${JSON.stringify([kind, body])}`);
}
