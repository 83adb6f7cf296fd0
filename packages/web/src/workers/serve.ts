import { type MakeReference, taskSteps } from '@weft/train/runtime';
import type { Order, Reply } from './messages.js';
import { OwnMemory } from './own-memory.js';

interface WorkerScope {
  onmessage: (event: { readonly data: Order }) => void;
  postMessage(reply: Reply, transfer?: readonly Transferable[]): void;
}

/**
 * Does in a worker what the page wants.
 *
 * @param makeReference in workers that have the reference kernels
 */
export function serve(makeReference?: MakeReference): void {
  const scope = globalThis as unknown as WorkerScope;
  let own: OwnMemory | undefined;
  /** Why bytes could not be taken: it is said when steps are wanted. */
  let refusal: { readonly error: unknown } | undefined;
  const failed = (error: unknown) => scope.postMessage({ kind: 'failed', error });
  const obey = async (order: Order): Promise<void> => {
    switch (order.kind) {
      case 'begin':
      case 'write':
        try {
          if (order.kind === 'write') own?.write(order);
          else own ??= new OwnMemory(order);
        } catch (error) {
          refusal ??= { error };
        }
        return;
      case 'stop':
        own?.stop();
        return;
      case 'task': {
        const steps = taskSteps(order.task, makeReference);
        while (!steps.next().done);
        scope.postMessage({ kind: 'done' });
        return;
      }
      case 'steps': {
        if (refusal) {
          const { error } = refusal;
          // Without a memory it is refused again, and what was written is of no use without the rest.
          if (own) refusal = undefined;
          own?.forget();
          throw error;
        }
        const changes = await own?.run(order, makeReference, (progress) => scope.postMessage(progress));
        if (changes) scope.postMessage({ kind: 'done', changes }, [changes.bytes.buffer as ArrayBuffer]);
      }
    }
  };
  scope.onmessage = ({ data }) => void obey(data).catch(failed);
  scope.postMessage({ kind: 'ready' });
}
