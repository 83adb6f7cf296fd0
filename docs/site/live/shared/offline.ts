/** Set while a reload is to isolate the page, so that it reloads once at most. */
const RELOADED = 'weft-isolation-reload';

/**
 * Registers the service worker, which keeps the files of all live pages. A page that the host does not isolate reloads
 * once, and then the service worker isolates it.
 *
 * @returns a sentence on whether the page works offline
 */
export async function keepOffline(): Promise<string> {
  if (!('serviceWorker' in navigator)) return 'It needs the network, since this browser keeps no pages here.';
  try {
    // Beside the pages, since its scope is its own folder.
    await navigator.serviceWorker.register(new URL('../service-worker.js', document.baseURI), {
      updateViaCache: 'none',
    });
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller) await controlled();
    isolate();
    return 'It works offline from now on.';
  } catch (error) {
    return `It needs the network: ${error instanceof Error ? error.message : String(error)}`;
  }
}

const controlled = () =>
  new Promise<void>((resolve) => {
    navigator.serviceWorker.addEventListener('controllerchange', () => resolve(), { once: true });
  });

function isolate(): void {
  if (crossOriginIsolated) sessionStorage.removeItem(RELOADED);
  else if (sessionStorage.getItem(RELOADED) === null) {
    sessionStorage.setItem(RELOADED, 'yes');
    location.reload();
  }
}
