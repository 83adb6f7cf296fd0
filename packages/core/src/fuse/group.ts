import type { Operation } from '../trace/program.js';
import type { Space, View } from './space.js';

/** Operations that are computed in one go. */
export interface Group {
  readonly operations: Operation[];
  anchor: Operation | undefined;
  hasReduction: boolean;
  space: Space | undefined;
  /** What is read by broadcasting. */
  readonly views: View[];
  /** Whether nobody outside has read from it yet, so that it may still grow, which moves it to where it grows. */
  open: boolean;
  position: number;
}
