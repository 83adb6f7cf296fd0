import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Gives back the memory of what is not needed any more, where a phase of the run ends. Typed arrays of tens of megabytes
 * lie outside of the engine's heap: it sees little reason to collect them before the next phase has made its own.
 */
export function giveMemoryBack(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
