import { element } from '../shared/element.js';

/** Shows how far training is, and how fast. */
export class Pace {
  private readonly progress = element('progress', HTMLProgressElement);
  private readonly text = element('pace', HTMLSpanElement);
  private epochs = 1;
  private steps = 1;
  private count = 1;
  private threads = 1;
  /** When this visit's part began, and steps that were done before. */
  private began = 0;
  private before = 0;

  begin(epochs: number, steps: number, count: number, threads: number, before: number): void {
    Object.assign(this, { epochs, steps, count, threads, before, began: performance.now() });
    this.show(Math.floor(before / steps), before % steps);
  }

  /** @param done steps of the epoch */
  show(epoch: number, done: number): void {
    const { epochs, steps, count, threads, before } = this;
    const all = epoch * steps + done;
    this.progress.max = epochs * steps;
    this.progress.value = all;
    const seconds = (performance.now() - this.began) / 1000;
    const parts = [
      `Epoch ${Math.min(epochs, epoch + 1)} of ${epochs}`,
      `${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    ];
    if (all > before && seconds > 0.5) {
      const rate = (((all - before) / steps) * count) / seconds;
      parts.push(`${Math.round(rate).toLocaleString('en')} pictures a second`);
      const left = ((epochs * steps - all) * count) / steps / rate;
      if (left >= 1) parts.push(`${duration(left)} left`);
    }
    this.text.textContent = parts.join(' · ');
  }
}

const duration = (seconds: number) => (seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`);
