import type { Cancel } from '../clock.js';
import type { CoordinatorPlace } from './coordinator.js';
import type { Patience } from './patience.js';
import type { Question } from './question.js';
import { type Roster, SILENCE } from './roster.js';
import { judge } from './verdict.js';

/** Workers are asked so often where they stand, if a round is not over, in milliseconds. */
const INTERVAL = 2000;

/** How long they have to say so, in milliseconds. */
const INQUIRY = 2000;

/** Looks after questions that are not answered, and finds who is to blame. */
export class Inquiries {
  constructor(
    private readonly place: CoordinatorPlace,
    private readonly patience: Patience,
    private readonly roster: Roster,
    private readonly exclude: (id: string, reason: string) => void,
  ) {}

  /** Asks those that have not answered where they stand, again and again, and judges. */
  watch(question: Question<unknown>): Cancel {
    const deadline = question.asking.deadline();
    const interval = Math.min(deadline, INTERVAL);
    let cancel: Cancel = () => {};
    let waited = 0;
    const judged = () => {
      cancel();
      if (this.settle(question, waited / deadline)) wait();
    };
    const wait = () => {
      cancel = this.patience.after(interval, () => {
        const { channel, subjects, revision } = this.place;
        waited += interval;
        question.inquire(judged);
        for (const id of question.missing) channel.send(subjects.to(id), 'ask', { revision, turn: question.turn });
        cancel = this.patience.after(INQUIRY, judged);
      });
    };
    wait();
    return () => cancel();
  }

  /** Does what follows from where members stand; gives whether there is more time. */
  private settle(question: Question<unknown>, lateness: number): boolean {
    const { inquiries, asking } = question;
    const standings = question.takeStandings();
    for (const [id, standing] of standings) {
      // Whoever compiles for the first time may be deaf for a while.
      const isDeaf = standing === 'silent' && asking.isFirst() && !this.isSilent(id);
      if (isDeaf) standings.set(id, 'opening');
    }
    const { excluded, resent, isRepeated } = judge(standings, lateness, inquiries);
    for (const id of excluded) {
      this.exclude(id, standings.get(id) === 'silent' ? 'it does not answer' : 'it is too slow');
    }
    for (const id of resent) asking.resend(id);
    if (isRepeated) question.askAgain();
    return !isRepeated;
  }

  private isSilent(id: string): boolean {
    return this.roster.silent(this.place.clock.now(), SILENCE).includes(id);
  }
}
