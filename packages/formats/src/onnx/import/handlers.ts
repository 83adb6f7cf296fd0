import type { Handler } from './context.js';
import { elementwiseHandlers } from './elementwise.js';
import { constantHandlers } from './integers.js';
import { resizeHandlers } from './resize.js';
import { shapeHandlers } from './shapes.js';
import { sumHandlers } from './sums.js';
import { windowHandlers } from './windows.js';

/** What Weft makes of each operator that it knows. */
export const handlers: ReadonlyMap<string, Handler> = new Map(
  Object.entries({
    ...elementwiseHandlers,
    ...windowHandlers,
    ...shapeHandlers,
    ...resizeHandlers,
    ...sumHandlers,
    ...constantHandlers,
  }),
);
