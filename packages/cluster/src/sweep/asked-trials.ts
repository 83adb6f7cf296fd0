import { createHash } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolders } from '@weft/pool';
import { finishedTrials, StudyError, type Trial, type TrialResult, trialFolder } from '@weft/study';
import { ClusterError } from '../errors.js';
import { MessageError } from '../wire/message-error.js';
import type { ClusterExecutorOptions, StudyTrialEvent } from './executor-options.js';
import { checkFiles } from './files.js';
import { type Persistence, persist } from './persist.js';
import { TrialFiles } from './trial-files.js';
import { decodeAs, encodeTrial, type FieldsOf, type SentTrial, trialKey } from './trial-messages.js';
import type { TrialQueue } from './trial-queue.js';

/** A trial whose result was damaged so often is not asked for again. */
const MOST_LOSSES = 3;
/** How long one who leaves tries to withdraw what it has queued. */
const WITHDRAW_MILLISECONDS = 5000;

/** A trial that workers are asked for. */
interface Asked extends Omit<SentTrial, 'files'> {
  readonly key: string;
  /** Notes that were told of. */
  readonly told: Set<string>;
  losses: number;
  /** Whether what is known of it is from before this call. */
  isOld: boolean;
}

/** Trials of a study that workers are to perform, and what the server has of them. */
export class AskedTrials {
  private asked: Asked[] | undefined;

  constructor(
    private readonly trials: readonly Trial[],
    private readonly queue: TrialQueue,
    private readonly study: string,
    private readonly options: ClusterExecutorOptions,
    private readonly persistence: Persistence,
  ) {}

  /** How many have no result. */
  get left(): number {
    return (this.asked ?? this.trials).length;
  }

  /**
   * Looks once what has become of the trials: takes results, and queues what is neither queued nor done.
   *
   * @throws StudyError if a trial has failed
   */
  async round(onDone: (trial: Trial, result: TrialResult) => void): Promise<void> {
    this.asked ??= await this.ask();
    // In this order: who finishes a trial writes the result before it leaves the queue.
    const queued = await this.persist(() => this.queue.queued(this.study));
    const notes = await this.persist(() => this.queue.notes(this.study));
    for (const asked of [...this.asked]) {
      this.persistence.signal.throwIfAborted();
      const known = notes.get(asked.key) ?? [];
      await this.tellOf(known, asked);
      const result = known.includes('result') ? await this.take(asked) : undefined;
      if (result) {
        onDone(asked.trial, result);
        this.asked = this.asked.filter((other) => other !== asked);
      } else if (!known.includes('result') && !queued.has(asked.key)) await this.put(asked);
    }
    for (const asked of this.asked) asked.isOld = false;
  }

  /** Withdraws what no worker has begun. It is no error if that fails. */
  async withdraw(): Promise<void> {
    const persistence = { ...this.persistence, signal: AbortSignal.timeout(WITHDRAW_MILLISECONDS) };
    try {
      const notes = await persist(() => this.queue.notes(this.study), persistence);
      for (const { study, key } of this.asked ?? []) {
        const isBegun = notes.get(key)?.some((note) => note.startsWith('start.'));
        if (!isBegun) await persist(() => this.queue.withdraw({ study, key }), persistence);
      }
    } catch {
      // A worker performs them, and the results wait for the next call.
    }
  }

  private async ask(): Promise<Asked[]> {
    const asked: Asked[] = [];
    for (const trial of this.trials) {
      const data = await this.options.dataOf(trial, this.persistence.signal);
      const sent = { study: this.study, trial, data, versions: this.options.versions };
      asked.push({ ...sent, key: trialKey(sent), told: new Set(), losses: 0, isOld: true });
    }
    return asked;
  }

  /** Queues a trial, with what it goes on from. */
  private async put(asked: Asked): Promise<void> {
    const { trial } = asked;
    if (!asked.isOld) this.lose(asked, 'it has vanished from the queue');
    asked.isOld = false;
    const { directory, continuedFiles } = this.options;
    const from = trial.continues && trialFolder(directory, trial.continues.name);
    const files = from ? await this.filesOf(asked).send(from, await continuedFiles(from)) : [];
    await this.persist(() => this.queue.put(asked, encodeTrial({ ...asked, files })));
    this.tell({ kind: 'queued', trial: trial.name });
  }

  /** Tells what workers have noted of a trial, each thing once. */
  private async tellOf(notes: readonly string[], asked: Asked): Promise<void> {
    for (const note of notes.filter((each) => !asked.told.has(each))) {
      const [kind] = note.split('.');
      if (!['start', 'refusal', 'error', 'difference'].includes(kind)) continue;
      asked.told.add(note);
      const bytes = await this.persist(() => this.queue.readNote(asked, note));
      const message = bytes && decoded(() => decodeAs(bytes, 'start', 'refusal', 'error', 'difference'));
      if (!message) continue;
      const { worker } = message.fields;
      const trial = asked.trial.name;
      if (message.kind === 'start') this.tell({ kind: 'begun', trial, worker });
      else if (message.kind === 'difference') throw differing(trial, worker);
      else {
        const told = message.kind === 'refusal' ? 'refused' : 'failed';
        this.tell({ kind: told, trial, worker, message: message.fields.message });
      }
    }
  }

  /** Takes the result of a trial. @returns undefined if it cannot be used */
  private async take(asked: Asked): Promise<TrialResult | undefined> {
    const { trial } = asked;
    const bytes = await this.persist(() => this.queue.readNote(asked, 'result'));
    const message = bytes && decoded(() => decodeAs(bytes, 'result', 'failure'));
    const wasOld = asked.isOld;
    asked.isOld = false;
    if (message?.kind === 'failure') {
      // What has failed before this call is tried again.
      if (wasOld) return this.again(asked);
      throw new StudyError(`${trial.name}: ${message.fields.message} (worker ${message.fields.worker})`);
    }
    const result = message && (await this.bring(asked, message.fields));
    if (!result) {
      this.lose(asked, 'its result is damaged');
      return this.again(asked);
    }
    await this.forget(asked);
    this.tell({ kind: 'done', trial: trial.name, worker: message.fields.worker });
    return result;
  }

  /** Brings the files of a finished run into the folder of the study. @returns undefined if they are damaged */
  private async bring(asked: Asked, sent: FieldsOf<'result'>): Promise<TrialResult | undefined> {
    const { trial, key } = asked;
    const { directory, complete, perform, adopt } = this.options;
    const staged = join(directory, `from-worker-${key.slice(0, 16)}`);
    const [from, to] = [trialFolder(staged, trial.name), trialFolder(directory, trial.name)];
    try {
      await rm(staged, { recursive: true, force: true });
      checkFiles(sent.files, this.options);
      await mkdir(from, { recursive: true });
      await this.filesOf(asked).place(sent.files, from);
      const measured = sent.measurements && (await this.filesOf(asked).fetch(sent.measurements));
      if (measured) await this.writeMeasurements(staged, trial, measured);
      await adopt?.(from, to);
      // What is not finished would be trained here.
      if ((await finishedTrials([trial], { directory: staged, complete })) === 0) return undefined;
      const result = await perform(trial, staged, this.persistence.signal);
      if (createHash('sha256').update(JSON.stringify(result)).digest('hex') !== sent.result) return undefined;
      if (measured) await this.writeMeasurements(directory, trial, measured);
      await makeFolders(join(directory, 'trials'));
      // An unfinished run with the same options: the finished one takes its place.
      await rm(to, { recursive: true, force: true });
      await rename(from, to);
      return result;
    } catch (error) {
      if (error instanceof MessageError || isOfFiles(error)) return undefined;
      throw error;
    } finally {
      await rm(staged, { recursive: true, force: true });
    }
  }

  private async writeMeasurements(directory: string, { name }: Trial, content: Uint8Array): Promise<void> {
    await makeFolders(join(directory, 'measurements'));
    await writeFile(join(directory, 'measurements', `${name}.json`), content);
  }

  /** @throws StudyError if that has happened too often */
  private lose(asked: Asked, message: string): void {
    const { name } = asked.trial;
    asked.losses++;
    if (asked.losses >= MOST_LOSSES) {
      throw new StudyError(`${name}: ${message}, for the ${MOST_LOSSES}rd time. Look what the workers say.`);
    }
    this.tell({ kind: 'lost', trial: name, message });
  }

  /** Has a trial performed anew. */
  private async again(asked: Asked): Promise<undefined> {
    await this.forget(asked);
    asked.isOld = true;
    asked.told.clear();
    await this.put(asked);
  }

  /** Forgets what the server has of a trial. */
  private async forget(asked: Asked): Promise<void> {
    for (const note of ['result', 'checkpoint'] as const) {
      const bytes = await this.persist(() => this.queue.readNote(asked, note));
      const message = bytes && decoded(() => decodeAs(bytes, 'result', 'checkpoint'));
      if (!message) continue;
      const { files } = message.fields;
      const measured = message.kind === 'result' ? message.fields.measurements : undefined;
      await this.filesOf(asked).forget(measured ? [...files, measured] : files);
    }
    await this.persist(() => this.queue.forgetNotes(asked));
  }

  private filesOf(asked: Asked): TrialFiles {
    return new TrialFiles(this.queue.store, asked, this.persistence);
  }

  private persist<Result>(work: () => Promise<Result>): Promise<Result> {
    return persist(work, this.persistence);
  }

  private tell(event: StudyTrialEvent): void {
    this.options.onEvent?.(event);
  }
}

/** What was decoded; undefined if it is no message of these kinds. */
function decoded<Message>(decode: () => Message): Message | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof MessageError) return undefined;
    throw error;
  }
}

const isOfFiles = (error: unknown) =>
  error instanceof StudyError || (error instanceof ClusterError && ['missing', 'damaged'].includes(error.code));

const differing = (trial: string, worker: string) =>
  new StudyError(
    `${trial}: the worker ${worker} has come to another result than the worker that was first. One of the two machines computes wrongly: weft doctor looks into it. Remove it, and go on.`,
  );
