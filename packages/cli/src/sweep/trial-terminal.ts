import { Terminal } from '../terminal/terminal.js';

/** What one of several trials writes to: its warnings are shown with its name, its progress if it is alone. */
export class TrialTerminal extends Terminal {
  override readonly live: boolean;

  constructor(
    private readonly whole: Terminal,
    private readonly trial: string,
    private readonly isAlone: boolean,
  ) {
    super(true);
    this.live = isAlone && whole.live;
  }

  override get columns(): number {
    return this.whole.columns - this.trial.length - 2;
  }

  override warning(text: string): void {
    this.whole.warning(`${this.trial}: ${text}`);
  }

  override error(text: string): void {
    this.whole.error(`${this.trial}: ${text}`);
  }

  override show(line: string | undefined): void {
    if (this.isAlone) this.whole.show(line === undefined ? undefined : `${this.trial}: ${line}`);
  }
}
