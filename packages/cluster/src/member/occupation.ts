/** What a worker does: it takes part in a training, or it computes a trial, never both. */
export class Occupation {
  private current: string | undefined;
  private readonly waiting: (() => void)[] = [];

  /** What the worker does now, if anything. */
  get doing(): string | undefined {
    return this.current;
  }

  /** Begins something; gives what ends it, or undefined if the worker does something else. */
  take(what: string): (() => void) | undefined {
    if (this.current !== undefined) return undefined;
    this.current = what;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.current = undefined;
      for (const wake of this.waiting.splice(0)) wake();
    };
  }

  /** Settles when the worker does nothing. Something else may begin before whoever waits does. */
  async free(): Promise<void> {
    while (this.current !== undefined) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}
