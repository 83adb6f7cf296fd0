/** Set while a reload is to isolate the page, so that it reloads once at most. */
const RELOADED = 'weft-isolation-reload';

/** Whether the visitor has done anything in the page. */
let hasBegun = false;
for (const kind of ['pointerdown', 'keydown', 'change', 'drop']) {
  addEventListener(
    kind,
    () => {
      hasBegun = true;
    },
    { once: true, capture: true },
  );
}

/**
 * Registers the service worker, which keeps the files of all live pages. A page that the host does not isolate reloads
 * once, and then the service worker isolates it.
 *
 * @param needed paths of files that are kept when a page has asked for them
 * @returns a sentence on whether the page works offline
 */
export async function keepOffline(needed: readonly string[]): Promise<string> {
  if (!('serviceWorker' in navigator)) return 'It needs the network, since this browser keeps no pages here.';
  try {
    // Beside the pages, since its scope is its own folder.
    await navigator.serviceWorker.register(new URL('../service-worker.js', document.baseURI), {
      updateViaCache: 'none',
    });
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller) await controlled();
    const advice = await isolate();
    // Again, since the first time there may have been no service worker to keep them.
    await Promise.all(needed.map(async (path) => (await fetch(new URL(path, document.baseURI))).arrayBuffer()));
    return `It works offline from now on.${advice}`;
  } catch (error) {
    return `It needs the network: ${error instanceof Error ? error.message : String(error)}`;
  }
}

const controlled = () =>
  new Promise<void>((resolve) => {
    navigator.serviceWorker.addEventListener('controllerchange', () => resolve(), { once: true });
  });

/** @returns what the visitor can do about a page that is not isolated */
async function isolate(): Promise<string> {
  if (crossOriginIsolated) sessionStorage.removeItem(RELOADED);
  else if (sessionStorage.getItem(RELOADED) === null) {
    // What the visitor has begun would be lost.
    if (hasBegun) return ' Reload it, and it computes on all cores.';
    sessionStorage.setItem(RELOADED, 'yes');
    location.reload();
    await new Promise(() => {});
  }
  return '';
}
