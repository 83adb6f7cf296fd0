import type { OperationKind } from './definition.js';
import type { ElementwiseName, OperationName } from './table.js';

/**
 * Operations that have no kernel of their own, by kind, so that the type checker knows which have one. An operation
 * that stands neither here nor among the element-wise ones must have an emitter. A test holds this to the records.
 */
export const WITHOUT_KERNEL = {
  view: ['constant', 'broadcast', 'reshape'],
  reduction: ['sum', 'max'],
  lowered: ['conv2d', 'conv2dInputGradient', 'conv2dWeightGradient', 'upsample2d', 'stopGradient'],
} as const satisfies Partial<Record<OperationKind, readonly OperationName[]>>;

/** Operations that move elements and compute nothing. */
export const COPIES = ['transpose', 'slice', 'pad', 'concatenate'] as const satisfies readonly OperationName[];

export type ReductionName = (typeof WITHOUT_KERNEL.reduction)[number];
export type CopyName = (typeof COPIES)[number];

/** Operations that have a kernel of their own. */
export type KernelName = Exclude<
  OperationName,
  ElementwiseName | (typeof WITHOUT_KERNEL)[keyof typeof WITHOUT_KERNEL][number]
>;
