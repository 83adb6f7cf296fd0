import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Request } from './serve.js';

/** Lines of standard error that are kept: a stack and what comes before it. */
const COMPLAINTS = 40;

/** Engines that run: one that is stopped would outlive this process for ever. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** An engine in a process of its own: neither its memory nor its threads are another's. */
export class EngineProcess {
  private readonly child: ChildProcess;
  private readonly complaints: string[] = [];
  private answered: ((reply: { error?: string }) => void) | undefined;

  constructor(command: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const [program, ...options] = command;
    this.child = spawn(program, options, { env: { ...process.env, ...environment } });
    running.add(this.child);
    this.child.on('close', () => running.delete(this.child));
    const { stdout, stderr } = this.child;
    // Engines greet on standard output as well: an answer is what begins as an object.
    if (stdout) {
      createInterface({ input: stdout }).on('line', (line) => {
        if (line.startsWith('{')) this.answered?.(JSON.parse(line));
      });
    }
    stderr?.on('data', (chunk) => {
      this.complaints.splice(0, this.complaints.length - COMPLAINTS);
      this.complaints.push(...String(chunk).trimEnd().split('\n'));
    });
    this.child.stdin?.on('error', () => {});
    this.child.on('error', (error) => this.answered?.({ error: error.message }));
    this.child.on('close', () => this.answered?.({ error: this.lastWords }));
  }

  /**
   * Asks, and waits for the answer.
   *
   * @throws Error with what the engine said if it failed
   */
  async ask<Reply extends object>(request: Request): Promise<Reply> {
    const { exitCode, signalCode } = this.child;
    if (exitCode !== null || signalCode !== null) throw new Error(this.lastWords);
    const reply = await new Promise<{ error?: string }>((resolve) => {
      this.answered = resolve;
      this.child.stdin?.write(`${JSON.stringify(request)}\n`);
    });
    if (reply.error !== undefined) throw new Error(reply.error);
    return reply as Reply;
  }

  /** Stops it until `resume`, so that threads that wait by spinning do not disturb whose turn it is. */
  pause(): void {
    if (process.platform !== 'win32') this.child.kill('SIGSTOP');
  }

  resume(): void {
    if (process.platform !== 'win32') this.child.kill('SIGCONT');
  }

  /** Why it ended, as far as it said. */
  private get lastWords(): string {
    const reason = this.complaints.findLast((line) => /error/i.test(line)) ?? this.complaints.at(-1);
    return `it ended${reason === undefined ? ' without a word' : `: ${reason.trim()}`}`;
  }

  end(): void {
    this.child.kill('SIGKILL');
  }
}
