import type { ChildProcess } from 'node:child_process';
import type { SlowLine, SlowLineOptions } from './slow-line.js';

/** How a process has ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process whose output is kept. */
export class Process {
  constructor(name: string, file: string, args: readonly string[], environment?: NodeJS.ProcessEnv);
  readonly name: string;
  readonly child: ChildProcess;
  /** What it has written, the last of it. */
  readonly log: string;
  readonly isRunning: boolean;
  readonly ended: Promise<ProcessEnd>;
  kill(signal: NodeJS.Signals): void;
  /** Waits until the process has ended; gives nothing if it runs on. */
  endsWithin(milliseconds: number): Promise<ProcessEnd | undefined>;
}

/** A call of the `weft` command. */
export function weft(name: string, args: readonly string[]): Process;

/** Whether a NATS server can be started here. */
export function hasServer(): Promise<boolean>;

/** A worker and the line that it has to the server. */
export interface LineWorker {
  readonly line: SlowLine;
  readonly process: Process;
}

/** A NATS server with JetStream, the lines that lead to it, and what runs on it. */
export class LocalCluster {
  static start(): Promise<LocalCluster>;
  readonly url: string;
  readonly processes: readonly Process[];
  /** What all processes have written. */
  readonly logs: string;
  startServer(): Promise<void>;
  stopServer(signal: NodeJS.Signals): Promise<void>;
  /** A line to the server. */
  startLine(options?: Omit<SlowLineOptions, 'port'>): Promise<SlowLine>;
  /** `weft worker` behind a line of its own. */
  startWorker(name: string, args?: readonly string[], options?: Omit<SlowLineOptions, 'port'>): Promise<LineWorker>;
  /** A call of the command that is ended with the cluster. */
  run(name: string, args: readonly string[]): Process;
  /** A program in Node that is ended with the cluster. */
  node(name: string, args: readonly string[]): Process;
  /** Ends everything, also what stands still, and removes its files. */
  close(): Promise<void>;
}
