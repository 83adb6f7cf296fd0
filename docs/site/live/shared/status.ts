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

/** Tells screen readers alone what others see: what has come of an action. */
export function announce(text: string): void {
  element('announcer', HTMLParagraphElement).textContent = text;
}

export function sayError(error: unknown): void {
  say(error instanceof Error ? error.message : String(error), 'error');
}

/** Work whose errors are shown to the visitor. */
export function guarded<Input>(work: (input: Input) => void | Promise<void>): (input: Input) => Promise<void> {
  return async (input) => {
    try {
      await work(input);
    } catch (error) {
      sayError(error);
    }
  };
}
