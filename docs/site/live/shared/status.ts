import { element } from './element.js';

/**
 * Tells the visitor what happens, also through screen readers: in the page's `<p id="status" role="status">`.
 *
 * @param kind `error` for what went wrong
 */
export function say(text: string, kind: 'note' | 'error' = 'note'): void {
  const status = element('status', HTMLParagraphElement);
  status.dataset.kind = kind;
  status.hidden = text === '';
  status.textContent = text;
}

/** Does what an event asks for, and shows the sentence of an error. */
export function guarded<Event>(work: (event: Event) => void | Promise<void>): (event: Event) => void {
  return async (event) => {
    try {
      await work(event);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error), 'error');
    }
  };
}
