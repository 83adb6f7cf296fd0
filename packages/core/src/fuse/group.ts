import type { Operation } from '../trace/program.js';
import type { KernelKind } from './kernels.js';
import type { Space, View } from './space.js';

/** Operations that are computed in one go. */
export interface Group {
  kind: KernelKind;
  readonly operations: Operation[];
  /** The operation whose results element-wise ones may change before they are stored. */
  anchor: Operation | undefined;
  hasReduction: boolean;
  space: Space | undefined;
  /** What is read by broadcasting. */
  readonly views: View[];
  /** Whether nobody outside has read from it yet, so that it may still grow, which moves it to where it grows. */
  open: boolean;
  position: number;
}
