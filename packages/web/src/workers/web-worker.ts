import { turn } from '../turn.js';
import type { Order, Pieces, Progress, Reply } from './messages.js';

/** A worker could not be started. */
class WorkerStartError extends Error {
  override readonly name = 'WorkerStartError';
}

interface Waiting {
  resolve(changes: Pieces | undefined): void;
  reject(error: unknown): void;
  progress?(progress: Progress): void;
}

/** A Web Worker that does one thing at a time. */
export class WebWorker {
  private waiting: Waiting | undefined;
  /** Why it answers nothing any more. */
  private ended: Error | undefined;

  private constructor(private readonly worker: Worker) {
    worker.onmessage = ({ data }: MessageEvent<Reply>) => this.take(data);
    // What it does itself it catches, so that it has ended, or is in no state to go on.
    worker.onerror = ({ message }) => {
      this.terminate(new Error(`A worker of the pool has ended${message ? ` (${message})` : ''}. Make another pool.`));
    };
  }

  /**
   * Starts a worker, and waits until it has loaded its code.
   *
   * @param make makes it
   * @throws WorkerStartError saying why it does not start
   */
  static async start(make: () => Worker): Promise<WebWorker> {
    const watch = new PolicyWatch();
    try {
      const worker = make();
      await new Promise<void>((resolve, reject) => {
        worker.onmessage = () => resolve();
        worker.onerror = (event) => {
          worker.terminate();
          reject(event.message);
        };
      });
      return new WebWorker(worker);
    } catch (cause) {
      // The browser tells of a refusal by an event of its own, which may come a moment later.
      await turn();
      throw new WorkerStartError(watch.reason(cause), { cause });
    } finally {
      watch.end();
    }
  }

  /** Tells it something that it does not answer. */
  tell(order: Order, transfer: Transferable[] = []): void {
    this.worker.postMessage(order, transfer);
  }

  /**
   * Has it do something.
   *
   * @param progress receives how far it is
   * @throws what it has thrown, or Error if it has ended
   */
  ask(order: Order, progress?: (progress: Progress) => void): Promise<Pieces | undefined> {
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(this.ended);
      this.waiting = { resolve, reject, ...(progress && { progress }) };
      this.worker.postMessage(order);
    });
  }

  /** Ends it, and what it does. */
  end(): void {
    this.terminate(new Error('The pool was closed while work was under way.'));
  }

  private terminate(reason: Error): void {
    this.ended ??= reason;
    this.worker.terminate();
    this.fail(reason);
  }

  private take(reply: Reply): void {
    if (reply.kind === 'progress') this.waiting?.progress?.(reply);
    if (reply.kind === 'failed') this.fail(reply.error);
    if (reply.kind !== 'done') return;
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.resolve(reply.changes);
  }

  private fail(error: unknown): void {
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.reject(error);
  }
}

/** What the page's content security policy refuses in the meantime. */
class PolicyWatch {
  private directive: string | undefined;

  constructor() {
    globalThis.addEventListener?.('securitypolicyviolation', this.note);
  }

  private readonly note = (event: SecurityPolicyViolationEvent) => {
    if (/worker-src|child-src|script-src/.test(event.effectiveDirective)) this.directive = event.effectiveDirective;
  };

  /** Why a worker did not start. */
  reason(cause: unknown): string {
    if (this.directive !== undefined || /content security policy/i.test(String(cause))) {
      return `the page's content security policy refuses it (${this.directive ?? 'worker-src'}). Allow it with \`worker-src 'self'\``;
    }
    if (typeof Worker === 'undefined') return 'there are no Web Workers here. In Node, use @weft/pool';
    if (typeof cause === 'string' && cause !== '') return `it failed while it was loaded (${cause})`;
    const headers = globalThis.crossOriginIsolated
      ? ', is served without the header `Cross-Origin-Embedder-Policy: require-corp`, which the page has,'
      : '';
    return `its script is not there${headers} or is no JavaScript. See that the server has it, or give its address: WorkerPool.create({ worker: '/worker.js' }), a copy of the file dist/worker.js of @weft/web`;
  }

  end(): void {
    globalThis.removeEventListener?.('securitypolicyviolation', this.note);
  }
}
