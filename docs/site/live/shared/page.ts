import { element } from './element.js';
import { keepOffline } from './offline.js';

/** What every live page does first: keeps itself for later visits, and says below how it computes. */
export function startPage(): void {
  const runtime = element('runtime', HTMLParagraphElement);
  const cores = navigator.hardwareConcurrency;
  runtime.textContent = crossOriginIsolated
    ? `This page is isolated: ${cores} ${cores === 1 ? 'thread shares' : 'threads share'} one memory.`
    : 'This page is not isolated: its worker has a memory of its own.';
  void keepOffline().then((state) => {
    runtime.textContent += ` ${state}`;
  });
}
