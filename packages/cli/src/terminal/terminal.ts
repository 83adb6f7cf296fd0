import { styleText } from 'node:util';
import { EXIT } from '../exit.js';
import { printable } from './text.js';

type Stream = NodeJS.WriteStream;

const CLEAR_LINE = '\r\x1b[K';

/** Where a command writes: results to stdout, all else to stderr. */
export class Terminal {
  /** Whether stderr is a terminal whose last line can be drawn anew. */
  readonly live: boolean;
  private readonly colours: boolean;
  private hasLine = false;

  /** @param quiet keeps back everything but errors, and results that are asked for by `--json` */
  constructor(
    private readonly quiet: boolean,
    private readonly stdout: Stream = process.stdout,
    private readonly stderr: Stream = process.stderr,
    environment: NodeJS.ProcessEnv = process.env,
  ) {
    const isTerminal = stderr.isTTY === true && environment.TERM !== 'dumb';
    this.live = isTerminal && !quiet;
    this.colours = isTerminal && stderr.hasColors(environment);
  }

  /** Width of the terminal in characters. */
  get columns(): number {
    return this.stderr.columns || 80;
  }

  /** What the user asked for, on stdout. */
  result(text: string): void {
    if (!this.quiet) this.print(text);
  }

  /** What was asked for by an option of its own, such as --json or --help: on stdout, quiet or not. */
  print(text: string): void {
    this.show(undefined);
    this.stdout.write(`${printable(text)}\n`);
  }

  message(text: string): void {
    if (!this.quiet) this.write(printable(text));
  }

  warning(text: string): void {
    if (!this.quiet) this.write(this.colour('yellow', printable(text)));
  }

  error(text: string): void {
    this.write(this.colour('red', printable(text)));
  }

  /** Draws the last line anew, or removes it; on a terminal only. */
  show(line: string | undefined): void {
    if (!this.live || (line === undefined && !this.hasLine)) return;
    this.stderr.write(CLEAR_LINE + (line ?? ''));
    this.hasLine = line !== undefined;
  }

  /** Text in a colour, where stderr shows colours. */
  colour(name: 'red' | 'yellow' | 'cyan' | 'dim', text: string): string {
    return this.colours ? styleText(name, text, { validateStream: false }) : text;
  }

  private write(text: string): void {
    this.show(undefined);
    this.stderr.write(`${text}\n`);
  }
}

/** What writing to a reader, or to a terminal, that has gone ends with. */
const GONE: readonly (string | undefined)[] = ['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED'];

let guarded = false;

/**
 * Listens for output that cannot be written, as on a full disk: the command goes on, says so where it still can, and does
 * not succeed. A reader that has seen enough, such as `head`, is no failure: what it does not take is dropped.
 */
export function guardOutput(): void {
  if (guarded) return;
  guarded = true;
  for (const name of ['stdout', 'stderr'] as const) {
    let hasFailed = false;
    process[name].on('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (hasFailed || GONE.includes(code)) return;
      hasFailed = true;
      // What the command ends with is known at its end only.
      process.once('exit', () => {
        process.exitCode ||= EXIT.failure;
      });
      const other = name === 'stdout' ? process.stderr : process.stdout;
      // A program that reads stdout would take the sentence for a result.
      if (name === 'stderr' && !other.isTTY) return;
      other.write(`weft: ${name} cannot be written: ${message}. Make room for it, or send it elsewhere.\n`);
    });
  }
}
