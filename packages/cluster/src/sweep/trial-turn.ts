import type { Trial } from '@weft/study';
import { MessageError } from '../wire/message-error.js';
import { checkFiles } from './files.js';
import { TrialAttempt } from './trial-attempt.js';
import type { TrialInHand } from './trial-in-hand.js';
import { decodeTrial, type SentTrial, trialKey } from './trial-messages.js';
import type { PerformServedTrial } from './worker-options.js';

/** What a worker does with a trial that it has taken: performs it, refuses it, or says that it cannot be done. */
export class TrialTurn {
  private readonly end = new AbortController();

  constructor(
    private readonly hand: TrialInHand,
    /** Not there yet. */
    private readonly folder: string,
    private readonly perform: PerformServedTrial,
  ) {}

  /** Settles when the trial is done, was refused or was given back. @returns whether it was refused */
  async run(): Promise<boolean> {
    const stop = this.hand.keep(this.end);
    try {
      const sent = this.read();
      if (!sent || (await this.hand.note('result')) !== undefined) {
        await this.hand.finish();
        return false;
      }
      const { name } = sent.trial;
      const versions = this.otherVersions(sent);
      if (versions !== undefined) return await this.refuse(name, versions);
      const hopeless = await this.hopeless(sent.trial);
      if (hopeless !== undefined) {
        await this.hand.fail(name, hopeless);
        return false;
      }
      const data = await this.otherData(sent);
      if (data !== undefined) return await this.refuse(name, data);
      await new TrialAttempt(this.hand, sent, this.folder, this.end.signal).run(this.perform);
      return false;
    } finally {
      stop();
    }
  }

  /** The trial; undefined if the message is none. */
  private read(): SentTrial | undefined {
    try {
      const sent = decodeTrial(this.hand.taken.data);
      if (sent.study !== this.hand.taken.study || trialKey(sent) !== this.hand.taken.key) {
        throw new MessageError('The subject of a trial is not its own.');
      }
      checkFiles(sent.files, this.hand.options);
      return sent;
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      this.hand.tell({ kind: 'malformed', message: error.message });
      return undefined;
    }
  }

  /** Why this worker has another Weft than the trial is for. */
  private otherVersions({ versions }: SentTrial): string | undefined {
    const { weft, numerics } = this.hand.options.versions;
    const advice = 'Use one version of Weft everywhere.';
    if (versions.weft !== weft) {
      return `this worker has Weft ${weft}, the trial is for ${versions.weft}. ${advice}`;
    }
    if (versions.numerics === numerics) return undefined;
    return `this worker has version ${numerics} of the numerics, the trial is for ${versions.numerics}. ${advice}`;
  }

  /** Why this worker has other data than the trial is for. */
  private async otherData({ trial, data }: SentTrial): Promise<string | undefined> {
    try {
      const found = await this.hand.options.dataOf(trial, this.hand.options.signal);
      const part = (['train', 'test'] as const).find((each) => found[each] !== data[each]);
      if (part === undefined) return undefined;
      const images = part === 'train' ? 'training' : 'test';
      return `the ${images} images of ${found.dataset} have SHA-256 ${found[part]} here, the trial asks for ${data[part]}. Put the same data in their place.`;
    } catch (error) {
      return `the data cannot be had here: ${(error as Error).message}`;
    }
  }

  private async refuse(trial: string, message: string): Promise<true> {
    const { options, taken } = this.hand;
    this.hand.tell({ kind: 'refused', trial, message });
    if (!options.signal.aborted) {
      await this.hand.create(`refusal.${options.worker}`, this.hand.spoken('refusal', message));
    }
    taken.giveBack();
    return true;
  }

  /** Why no worker needs to try. */
  private async hopeless(trial: Trial): Promise<string | undefined> {
    try {
      this.hand.options.check(trial);
    } catch (error) {
      return (error as Error).message;
    }
    const { mostStarts = 5 } = this.hand.options;
    const notes = await this.hand.notes();
    const starts = notes.filter((note) => note.startsWith('start.'));
    if (starts.length < mostStarts) return undefined;
    const last = await this.hand.spokenNote(starts.at(-1) as string, 'start');
    return `a worker has begun it ${starts.length} times and was not heard of again${last ? `, ${last.fields.worker} among them` : ''}.`;
  }
}
