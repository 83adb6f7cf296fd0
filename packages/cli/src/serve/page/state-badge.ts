import type { RunState } from '../views.js';
import { element } from './dom.js';

/** The state of a run, in a word and a colour. */
export function stateBadge(state: RunState): HTMLElement {
  return element('span', { class: `state ${state}` }, state === 'elsewhere' ? 'running elsewhere' : state);
}
