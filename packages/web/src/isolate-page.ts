/** Set while a reload is to isolate the page, so that it reloads once at most. */
const RELOADED = 'weft-isolation-reload';

/**
 * Isolates the page on a host that cannot set headers: a service worker adds them to what the page fetches. The first
 * time, the page is loaded anew. Call it before anything else.
 *
 * @param worker address of a copy of this package's file `dist/isolation-worker.js`, in the folder of the page or above it
 * @returns whether the page is cross-origin isolated; false where the browser has no service workers, as for pages that
 *   are not served by https, or has not used this one
 * @throws Error if there is no such file, or it may not be used for this page
 * @example
 * const isIsolated = await isolatePage('isolation-worker.js'); // false where one worker has to do
 */
export async function isolatePage(worker: URL | string): Promise<boolean> {
  if (globalThis.crossOriginIsolated) {
    sessionStorage.removeItem(RELOADED);
    return true;
  }
  const { serviceWorker } = navigator;
  if (!serviceWorker) return false;
  try {
    await serviceWorker.register(worker);
  } catch (cause) {
    throw new Error(
      `isolatePage: ${worker} cannot be the page's service worker (${(cause as Error).message}). Copy dist/isolation-worker.js of @weft/web into the page's folder, or one above it.`,
      { cause },
    );
  }
  await serviceWorker.ready;
  // The browser may load a page without its service worker, as after a reload with the shift key.
  if (sessionStorage.getItem(RELOADED) !== null) {
    sessionStorage.removeItem(RELOADED);
    return false;
  }
  sessionStorage.setItem(RELOADED, '');
  location.reload();
  return new Promise(() => {});
}
