import type { Standing } from './verdict.js';

/** What all members are asked once, and what they answer. */
export class Question<Answer> {
  readonly answers = new Map<string, Answer>();
  /** Where those stand that have not answered, as far as they say. */
  readonly standings = new Map<string, Standing>();
  /** How often those that have not answered were asked why. */
  inquiries = 0;
  /** Settles when all have answered, or when it has to be asked again. */
  readonly outcome: Promise<'answered' | 'again'>;
  private settle: (outcome: 'answered' | 'again') => void = () => {};
  private fail: (error: Error) => void = () => {};

  constructor(
    readonly turn: number,
    readonly asked: readonly string[],
    /** Whether everything else has come when all have answered. */
    private readonly isComplete: () => boolean,
  ) {
    this.outcome = new Promise((resolve, reject) => {
      this.settle = resolve;
      this.fail = reject;
    });
  }

  answer(id: string, answer: Answer): void {
    if (!this.asked.includes(id) || this.answers.has(id)) return;
    this.answers.set(id, answer);
    if (this.answers.size === this.asked.length) this.settle(this.isComplete() ? 'answered' : 'again');
  }

  askAgain(): void {
    this.settle('again');
  }

  reject(error: Error): void {
    this.fail(error);
  }

  get missing(): string[] {
    return this.asked.filter((id) => !this.answers.has(id));
  }

  /** Where everybody stands, before others are asked anew. */
  takeStandings(): Map<string, Standing> {
    const standings = new Map(
      this.asked.map((id): [string, Standing] => [
        id,
        this.answers.has(id) ? 'answered' : (this.standings.get(id) ?? 'silent'),
      ]),
    );
    this.standings.clear();
    return standings;
  }
}
