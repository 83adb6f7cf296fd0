import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { type Trial, type TrialResult, trialFolder } from '@weft/study';
import { ClusterError } from '../errors.js';
import { MessageError } from '../wire/message-error.js';
import { checkFiles, type SentFile } from './files.js';
import { persist, waitFor } from './persist.js';
import { runFilesIn } from './run-files-in.js';
import { TrialFiles } from './trial-files.js';
import { plain, type TrialInHand } from './trial-in-hand.js';
import { decodeAs, type SentTrial, trialMessages } from './trial-messages.js';
import type { PerformServedTrial } from './worker-options.js';

/** A trial that failed so often is not tried again. */
const MOST_ERRORS = 3;

/** One attempt of a worker to perform a trial. */
export class TrialAttempt {
  private readonly files: TrialFiles;
  /** What was sent last, or gone on from. */
  private checkpoint: readonly SentFile[] = [];

  constructor(
    private readonly hand: TrialInHand,
    private readonly sent: SentTrial,
    private readonly folder: string,
    /** Aborted when somebody else has performed the trial. */
    private readonly end: AbortSignal,
  ) {
    this.files = new TrialFiles(hand.queue.store, hand.taken, hand.persistence);
  }

  /** Settles when the trial is done, has failed or was given back. */
  async run(perform: PerformServedTrial): Promise<void> {
    const { trial } = this.sent;
    const { worker, signal } = this.hand.options;
    const start = `start.${this.hand.taken.delivery}`;
    await this.hand.write(start, trialMessages.encode('start', { worker }));
    this.hand.tell({ kind: 'begun', trial: trial.name });
    const either = AbortSignal.any([signal, this.end]);
    try {
      const restored = await this.restore();
      const result = await this.withCheckpoints(() => perform(restored, this.folder, either));
      await this.deliver(trial, result);
    } catch (error) {
      if (this.end.aborted) return await this.hand.finish();
      if (!signal.aborted) return await this.failed(trial.name, error);
      await this.sendCheckpoint(trial);
      await persist(() => this.hand.queue.forgetNotes(this.hand.taken, start), this.hand.persistence);
      this.hand.tell({ kind: 'given-back', trial: trial.name });
      this.hand.taken.giveBack();
    }
  }

  /**
   * Makes the folder in which the training begins or goes on.
   *
   * @returns the trial; from its beginning, which comes to the same, if what it continues is not to be had
   */
  private async restore(): Promise<Trial> {
    const { trial, files } = this.sent;
    await mkdir(this.folder, { recursive: true });
    const note = await this.hand.note('checkpoint');
    if (note !== undefined && (await this.resumeFrom(note, trial))) return trial;
    const { continues, ...whole } = trial;
    if (!continues) return trial;
    try {
      await this.files.place(files, trialFolder(this.folder, continues.name));
      return trial;
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      this.hand.tell({ kind: 'trouble', trial: trial.name, message: `${continues.name} is lost: ${error.message}` });
      return whole;
    }
  }

  /** @returns false if the checkpoint is not to be had: the training then begins anew, and comes to the same */
  private async resumeFrom(note: Uint8Array, trial: Trial): Promise<boolean> {
    const folder = trialFolder(this.folder, trial.name);
    try {
      const { files } = decodeAs(note, 'checkpoint').fields;
      checkFiles(files, this.hand.options);
      await this.files.place(files, folder);
      this.checkpoint = files;
      return true;
    } catch (error) {
      if (!(error instanceof MessageError || error instanceof ClusterError)) throw error;
      this.hand.tell({ kind: 'trouble', trial: trial.name, message: `its checkpoint is lost: ${error.message}` });
      await rm(folder, { recursive: true, force: true });
      return false;
    }
  }

  /** Sends the state of a training from time to time. */
  private async withCheckpoints(work: () => Promise<TrialResult>): Promise<TrialResult> {
    const { trial } = this.sent;
    const { checkpointSeconds = 30 } = this.hand.options;
    const done = new AbortController();
    const checkpoints = (async () => {
      while (!done.signal.aborted) {
        await waitFor(1000 * checkpointSeconds, done.signal);
        if (!done.signal.aborted) await this.sendCheckpoint(trial);
      }
    })();
    try {
      return await work();
    } finally {
      done.abort();
      await checkpoints;
    }
  }

  /** Sends the state of the training, if there is another one than was sent last. It is no error if that fails. */
  private async sendCheckpoint(trial: Trial): Promise<void> {
    const { worker, resumableFiles } = this.hand.options;
    const folder = trialFolder(this.folder, trial.name);
    try {
      const files = await this.files.send(folder, await resumableFiles(folder));
      if (JSON.stringify(files) === JSON.stringify(this.checkpoint)) return;
      checkFiles(files, this.hand.options);
      await this.hand.write('checkpoint', trialMessages.encode('checkpoint', { worker, files }));
      await this.files.forget(this.checkpoint, files);
      this.checkpoint = files;
    } catch (error) {
      // A training that has only begun has no state, and one that goes on replaces its files.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      this.hand.tell({ kind: 'trouble', trial: trial.name, message: (error as Error).message });
    }
  }

  /** Sends what the trial has come to. Another worker's result is the same, or that is said. */
  private async deliver(trial: Trial, outcome: TrialResult): Promise<void> {
    const { worker } = this.hand.options;
    const result = createHash('sha256').update(JSON.stringify(outcome)).digest('hex');
    const folder = trialFolder(this.folder, trial.name);
    const files = await this.files.send(folder, await runFilesIn(folder, this.hand.options.isRunFile));
    checkFiles(files, this.hand.options);
    const measurements = join(this.folder, 'measurements', `${trial.name}.json`);
    const measured = existsSync(measurements) && {
      measurements: await this.files.sendFile(measurements, 'measurements.json'),
    };
    const bytes = trialMessages.encode('result', { worker, result, files, ...measured });
    const isFirst = await this.hand.create('result', bytes);
    if (!isFirst) await this.compare(result);
    await this.hand.finish();
    this.hand.tell({ kind: 'done', trial: trial.name });
  }

  /** Compares a result with that of the worker that was first. */
  private async compare(result: string): Promise<void> {
    const { worker } = this.hand.options;
    const first = await this.hand.spokenNote('result', 'result');
    if (!first || first.fields.result === result) return;
    await this.hand.write(`difference.${worker}`, trialMessages.encode('difference', { worker, result }));
  }

  /** Lets another worker try, unless it is known what will come of it. */
  private async failed(trial: string, error: unknown): Promise<void> {
    const message = errorMessage(error).replaceAll(`${this.folder}${sep}`, '');
    const notes = await this.hand.notes();
    const errors = notes.filter((note) => note.startsWith('error.'));
    const said = await Promise.all(errors.map((note) => this.hand.spokenNote(note, 'error')));
    const isKnown = said.some((note) => note?.fields.message === plain(message));
    if (isKnown || errors.length + 1 >= MOST_ERRORS) return await this.hand.fail(trial, message);
    await this.hand.write(`error.${this.hand.taken.delivery}`, this.hand.spoken('error', message));
    this.hand.tell({ kind: 'failed', trial, message: `${message} Another try follows.` });
    await persist(
      () => this.hand.queue.forgetNotes(this.hand.taken, `start.${this.hand.taken.delivery}`),
      this.hand.persistence,
    );
    this.hand.taken.giveBack();
  }
}

const errorMessage = (error: unknown) => (error instanceof Error ? error.message : String(error));
