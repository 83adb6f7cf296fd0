import { element } from './element.js';
import { keepOffline } from './offline.js';

/**
 * What every live page does first: keeps itself for later visits, and says below how it computes.
 *
 * @param needed paths of files that are kept for this page alone
 */
export function startPage(...needed: readonly string[]): void {
  const runtime = element('runtime', HTMLParagraphElement);
  const cores = navigator.hardwareConcurrency;
  runtime.textContent = crossOriginIsolated
    ? `This page is isolated: ${cores} ${cores === 1 ? 'thread shares' : 'threads share'} one memory.`
    : 'This page is not isolated: its worker has a memory of its own.';
  void keepOffline(needed).then((state) => {
    runtime.textContent += ` ${state}`;
  });
}
