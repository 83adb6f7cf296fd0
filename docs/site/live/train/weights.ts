import { element } from '../shared/element.js';
import type { ModelFile, TrainerEvent } from './calls.js';

/** Shows the hash of the weights, and of which moment they are. */
export function showWeights({ sha256, epochs, isWhole }: Extract<TrainerEvent, { event: 'weights' }>): void {
  const counted = `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`;
  element('weights-hint', HTMLSpanElement).textContent =
    `SHA-256 of the weights after ${counted}${isWhole ? '' : ' and some steps'}:`;
  element('sha256', HTMLElement).textContent = sha256;
  element('download', HTMLButtonElement).disabled = false;
}

export function hideWeights(): void {
  element('weights-hint', HTMLSpanElement).textContent = 'Their SHA-256 is shown after the first epoch.';
  element('sha256', HTMLElement).textContent = '';
  element('download', HTMLButtonElement).disabled = true;
}

/** Hands a file to the visitor. */
export function download({ bytes, name }: ModelFile): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  link.download = name;
  link.click();
  // Some browsers take the bytes later than the click.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
