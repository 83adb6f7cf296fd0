import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Engine, lossesOf, type StartEngine, timesOf } from './engine.js';
import { type Job, readTensors, type Task } from './job.js';

/** What an engine's process is asked; it answers each line of JSON with one. */
export type Request =
  | { readonly do: 'start'; readonly job: Job }
  | { readonly do: 'output'; readonly file: string }
  | { readonly do: 'losses'; readonly count: number }
  | { readonly do: 'time'; readonly task: Task; readonly milliseconds: number }
  | { readonly do: 'memory' };

/** Answers requests on standard input until it is closed. `peers/serve.py` does the same for Python. */
export async function serve(start: StartEngine): Promise<void> {
  let engine: Engine | undefined;
  const running = (): Engine => {
    if (!engine) throw new Error('asked before it was started');
    return engine;
  };
  const answer = async (request: Request): Promise<object> => {
    switch (request.do) {
      case 'start': {
        const { weights, images, targets } = readTensors(request.job);
        engine = await start(request.job, weights, images, targets);
        return { version: engine.version };
      }
      case 'output': {
        const output = await running().forward();
        writeFileSync(request.file, new Uint8Array(output.buffer, output.byteOffset, output.byteLength));
        return {};
      }
      case 'losses':
        return { losses: await lossesOf(running(), request.count) };
      case 'time':
        return { milliseconds: await timesOf(running(), request.task, request.milliseconds) };
      case 'memory':
        return { bytes: (await engine?.memory?.()) ?? process.resourceUsage().maxRSS * 1024 };
    }
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const reply = await answer(JSON.parse(line)).catch((error: unknown) => ({ error: String(error) }));
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
  // Threads of an engine may still be waiting for work.
  process.exit();
}
