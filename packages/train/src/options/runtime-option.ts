import type { RuntimeSource } from '../runtime/runtime.js';
import { such } from './kinds.js';
import { required } from './schema.js';

function isRuntime(value: unknown): boolean {
  if (typeof value === 'function') return true;
  const { hold, runOnAll } = (value ?? {}) as Record<string, unknown>;
  return typeof hold === 'function' && typeof runOnAll === 'function';
}

/** Where work is done. */
export const RUNTIME_OPTION = {
  runtime: required(
    such<RuntimeSource>('a runtime, such as a WorkerPool of @weft/pool, or a function that starts one', isRuntime),
    'Workers, their memory, and files; or a function that starts a runtime for this call.',
  ),
};
