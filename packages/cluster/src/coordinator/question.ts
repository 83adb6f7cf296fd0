import type { Member } from '../machine/round.js';
import type { SessionMessage } from '../wire/messages.js';
import type { Standing } from './verdict.js';

/** How members are asked something. */
export interface Asking<Answer> {
  /** Members with their shares. */
  members(): readonly Member[];
  send(turn: number, members: readonly Member[]): void;
  /** Milliseconds after which it is late. */
  deadline(): number;
  /** Whether members have to get ready first. */
  isFirst(): boolean;
  /** What a message answers; undefined if it answers nothing. */
  answer(message: SessionMessage): Answer | undefined;
  /** Whether everything else has come when all have answered: messages of one sender come in order. */
  isComplete(answers: ReadonlyMap<string, Answer>): boolean;
  /** Sends again what a member lacks. */
  resend(id: string): void;
}

/** What all members are asked once, and what they answer. */
export class Question<Answer> {
  readonly answers = new Map<string, Answer>();
  /** Where those stand that have not answered, as far as they say. */
  private readonly standings = new Map<string, Standing>();
  /** How often those that have not answered were asked why. */
  inquiries = 0;
  /** Settles when all have answered, or when it has to be asked again. */
  readonly outcome: Promise<'answered' | 'again'>;
  private told: (() => void) | undefined;
  private settle: (outcome: 'answered' | 'again') => void = () => {};
  private fail: (error: Error) => void = () => {};

  constructor(
    readonly turn: number,
    readonly asked: readonly string[],
    readonly asking: Asking<Answer>,
  ) {
    this.outcome = new Promise((resolve, reject) => {
      this.settle = resolve;
      this.fail = reject;
    });
  }

  answer(id: string, answer: Answer): void {
    if (!this.asked.includes(id) || this.answers.has(id)) return;
    this.answers.set(id, answer);
    if (this.answers.size === this.asked.length)
      this.settle(this.asking.isComplete(this.answers) ? 'answered' : 'again');
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

  /** Those that have not answered are asked where they stand. @param told called once when all have said it */
  inquire(told: () => void): void {
    this.inquiries++;
    this.standings.clear();
    this.told = told;
  }

  stand(id: string, standing: Standing): void {
    this.standings.set(id, standing);
    if (this.missing.every((each) => this.standings.has(each))) this.told?.();
  }

  /** Where everybody stands, before others are asked anew. */
  takeStandings(): Map<string, Standing> {
    const standings = new Map(
      this.asked.map((id): [string, Standing] => [
        id,
        this.answers.has(id) ? 'answered' : (this.standings.get(id) ?? 'silent'),
      ]),
    );
    this.told = undefined;
    return standings;
  }
}
