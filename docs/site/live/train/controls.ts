import { element } from '../shared/element.js';
import type { State } from './session.js';
import type { RateChange } from './settings.js';

const LABELS: Readonly<Record<State, string>> = {
  idle: 'Start',
  loading: 'Loading…',
  training: 'Pause',
  pausing: 'Pausing…',
  paused: 'Go on',
  finished: 'Start',
};

/** Shows on the buttons what can be done in a state. */
export function showState(state: State, canPause: boolean): void {
  const go = element('go', HTMLButtonElement);
  go.textContent = LABELS[state];
  go.disabled = state === 'loading' || state === 'pausing' || (state === 'training' && !canPause);
  element('over', HTMLButtonElement).hidden = state !== 'paused';
  element('pause-hint', HTMLSpanElement).hidden = canPause;
}

/** Says which learning rates follow the first one. */
export function showRates(rates: readonly RateChange[], state: State): void {
  const changes = rates.map(({ epoch, rate }) => `${rate} from epoch ${epoch + 1}`).join(', ');
  const isUnderWay = state === 'training' || state === 'paused';
  element('rate-hint', HTMLSpanElement).textContent =
    changes !== '' ? `Changed to ${changes} on.` : isUnderWay ? 'A change counts from the next epoch on.' : '';
}
