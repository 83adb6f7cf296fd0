import type { Answer, Calls, Question } from './messages.js';

/** Functions of a worker, as the page calls them: each gives a promise. */
export type Remote<Functions extends Calls> = {
  readonly [Name in keyof Functions]: (
    ...input: Parameters<Functions[Name]>
  ) => Promise<Awaited<ReturnType<Functions[Name]>>>;
};

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Calls functions of a worker. What a function throws is thrown here, with its message. */
export function remote<Functions extends Calls>(worker: Worker): Remote<Functions> {
  const waiting = new Map<number, Waiting>();
  let questions = 0;
  let stopped: Error | undefined;
  worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
    if (!('number' in data)) return;
    const { resolve, reject } = waiting.get(data.number)!;
    waiting.delete(data.number);
    if (data.error === undefined) resolve(data.value);
    else reject(new Error(data.error));
  });
  worker.addEventListener('error', ({ message }) => {
    stopped = new Error(
      `A worker of this page has stopped: ${message || 'its script cannot be loaded'}. Reload the page.`,
    );
    for (const { reject } of waiting.values()) reject(stopped);
    waiting.clear();
  });
  const call =
    (name: string) =>
    (...input: unknown[]) =>
      new Promise((resolve, reject) => {
        if (stopped) return reject(stopped);
        const question: Question = { number: ++questions, name, input };
        waiting.set(question.number, { resolve, reject });
        worker.postMessage(question);
      });
  return new Proxy({}, { get: (_, name) => call(String(name)) }) as Remote<Functions>;
}
