/**
 * Work of which only the newest matters, such as what follows a slider: one piece at a time is under way, and of those
 * that come meanwhile the last alone is done.
 */
export class Latest<Value> {
  private isBusy = false;
  private next: { readonly value: Value } | undefined;

  constructor(
    private readonly work: (value: Value) => Promise<void>,
    private readonly failed: (error: unknown) => void,
  ) {}

  give(value: Value): void {
    this.next = { value };
    if (!this.isBusy) void this.goOn();
  }

  private async goOn(): Promise<void> {
    this.isBusy = true;
    while (this.next) {
      const { value } = this.next;
      this.next = undefined;
      await this.work(value).catch(this.failed);
    }
    this.isBusy = false;
  }
}
