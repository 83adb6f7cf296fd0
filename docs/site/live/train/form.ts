import { element } from '../shared/element.js';
import type { ModelKind } from './calls.js';
import { isAllowed, NUMBERS, type NumberName, type Settings } from './settings.js';

const NAMES = Object.keys(NUMBERS) as NumberName[];
const input = (name: NumberName) => element(name, HTMLInputElement);

/** The form of the settings. */
export class Form {
  private readonly form = element('settings', HTMLFormElement);
  private readonly fixed = element('fixed', HTMLFieldSetElement);
  private readonly model = element('model', HTMLSelectElement);
  private readonly data = element('data', HTMLSelectElement);

  constructor(private readonly kinds: readonly ModelKind[]) {
    this.model.replaceChildren(...kinds.map(({ key, title }) => new Option(title, key)));
    this.form.addEventListener('change', () => this.hint());
  }

  get kind(): ModelKind {
    return this.kinds.find(({ key }) => key === this.model.value)!;
  }

  /** What the form says; undefined while a number in it is none. */
  read(rates: Settings['rates']): Settings | undefined {
    const numbers = NAMES.map((name) => [name, input(name).valueAsNumber] as const);
    if (!numbers.every(([name, value]) => isAllowed(name, value))) return undefined;
    const values = Object.fromEntries(numbers) as Record<NumberName, number>;
    return { model: this.model.value, data: this.data.value as Settings['data'], ...values, rates };
  }

  write(settings: Settings): void {
    this.model.value = settings.model;
    this.data.value = settings.data;
    for (const name of NAMES) input(name).valueAsNumber = settings[name];
    this.hint();
  }

  /** Shows what is wrong with a number, as browsers do. */
  complain(): void {
    this.form.reportValidity();
  }

  /** What decides a training that has begun cannot be changed any more, but for the learning rate. */
  lock(isLocked: boolean): void {
    this.fixed.disabled = isLocked;
  }

  onChange(changed: () => void): void {
    this.fixed.addEventListener('change', changed);
  }

  private hint(): void {
    const { longName, weights, denoises } = this.kind;
    const name = longName.replace(/^an? /, '');
    element('model-hint', HTMLSpanElement).textContent =
      `${name[0].toUpperCase()}${name.slice(1)}, ${weights.toLocaleString('en')} weights`;
    element('noise-field', HTMLDivElement).hidden = !denoises;
    element('file-field', HTMLDivElement).hidden = this.data.value !== 'file';
  }
}
