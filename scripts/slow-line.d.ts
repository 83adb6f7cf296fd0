/**
 * What passes bytes one after another, at so many a second: a machine's line, or a server's that many connections share.
 */
export class Line {
  /** @param bandwidth bytes a second; default unlimited */
  constructor(bandwidth?: number);
  /**
   * Passes bytes.
   *
   * @param time when they come to the line, in milliseconds
   * @returns when the last of them has passed
   */
  pass(time: number, bytes: number): number;
}

/** Tells time, and calls. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  /** Calls at a time; what it returns calls it off. */
  at(time: number, call: () => void): () => void;
}

/** A line to a server. */
export interface SlowLineOptions {
  /** The server's. */
  readonly port: number;
  /** The server's. Default: 127.0.0.1. */
  readonly host?: string;
  /** Milliseconds that each byte needs in each direction. Default: 0. */
  readonly latency?: number;
  /** Bytes a second in each direction, for all connections together. Default: unlimited. */
  readonly bandwidth?: number;
  /** Lines of the server, which other proxies share: up leads to it. */
  readonly shared?: { readonly up: Line; readonly down: Line };
  readonly clock?: Clock;
}

/** A proxy that stands for a line. */
export interface SlowLine {
  /** Where clients connect. */
  readonly port: number;
  /** Bytes that came out at the other end. */
  readonly bytes: { readonly up: number; readonly down: number };
  /** Bytes that are on their way. */
  waiting(): { readonly up: number; readonly down: number };
  /**
   * Cuts the line. `silent`: nothing passes, as without a cable, and no end is told. `broken`: connections end, and new
   * ones are closed at once.
   */
  cut(how: 'silent' | 'broken'): void;
  /** What a silent cut has held back passes now. */
  restore(): void;
  close(): Promise<void>;
}

/** Starts a proxy before a server. */
export function slowLine(options: SlowLineOptions): Promise<SlowLine>;
