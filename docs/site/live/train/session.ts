import { remote } from '../shared/remote.js';
import type { Job, TrainerCalls, TrainerEvent } from './calls.js';
import { keep, keptTraining } from './kept.js';
import { type RateChange, type Settings, settingsText } from './settings.js';

/** What the visitor can see of a training: it waits to begin, loads, trains, is about to pause, has paused or is done. */
export type State = 'idle' | 'loading' | 'training' | 'pausing' | 'paused' | 'finished';

/** The training of this page, which runs in a worker. */
export class Session {
  state: State = 'idle';
  /** Whether the worker knows the training: after a visit that was broken off it does not, until it goes on. */
  isLoaded = false;
  private id: string | undefined;
  private readonly worker = new Worker(new URL('../workers/trainer.ts', import.meta.url), { type: 'module' });
  readonly trainer = remote<TrainerCalls>(this.worker);

  constructor(
    private readonly changed: (state: State) => void,
    told: (event: TrainerEvent) => void,
  ) {
    this.worker.addEventListener('message', ({ data }: MessageEvent<TrainerEvent | { readonly number: number }>) => {
      if (!('event' in data)) return;
      if (data.event === 'begin') {
        this.isLoaded = true;
        this.set(this.state === 'loading' ? 'training' : this.state);
      }
      told(data);
    });
  }

  /**
   * Takes up a training that an earlier visit has left, unless the address is for another one: then it is left as it is,
   * until that one begins.
   *
   * @returns its settings as a text
   */
  takeUp(address: string): string | undefined {
    const kept = keptTraining();
    if (!kept || (address !== '' && address !== kept.text)) return undefined;
    this.id = kept.id;
    this.set('paused');
    return kept.text;
  }

  /** Trains from the begin, or goes on, until it is done or paused. */
  async train(settings: Settings, file: Job['file']): Promise<void> {
    const before = this.state;
    if (before !== 'paused') this.isLoaded = false;
    const id = before === 'paused' && this.id !== undefined ? this.id : newId();
    this.id = id;
    this.set('loading');
    try {
      this.remember(settings);
      const { isFinished } = await this.trainer.train({ settings, file, id });
      if (isFinished) this.forget('finished');
      else this.set('paused');
    } catch (error) {
      // What has begun can go on, with a lower learning rate for instance.
      if (before === 'paused' || this.isLoaded) this.set('paused');
      else this.forget('idle');
      throw error;
    }
  }

  async pause(): Promise<void> {
    this.set('pausing');
    await this.trainer.pause();
  }

  async setRate(rate: number): Promise<RateChange> {
    return this.trainer.setRate(rate);
  }

  /** Keeps the settings for a later visit, if there is a training to go on with. */
  remember(settings: Settings): void {
    if (this.id !== undefined) keep({ id: this.id, text: settingsText(settings) });
  }

  /** Another training begins next; the old one's checkpoints are removed then. */
  forget(state: 'idle' | 'finished'): void {
    this.id = undefined;
    keep(undefined);
    this.set(state);
  }

  private set(state: State): void {
    this.state = state;
    this.changed(state);
  }
}

/** `crypto.randomUUID` is for pages that are served by https or from localhost. */
function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join('-');
}
