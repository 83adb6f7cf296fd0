/**
 * Keeps the files of the live pages, so that they work offline after the first visit, and isolates the pages on hosts
 * that cannot set headers: only an isolated page may share memory with its workers.
 */

export {};

declare const self: ServiceWorkerGlobalScope;

/** Paths below the scope with hashes of the files, and a hash of all of them. The build writes them. */
const { version, files } = '__PRECACHE__' as unknown as {
  readonly version: string;
  readonly files: readonly (readonly [path: string, hash: string])[];
};

// Another copy of the pages may lie on the same host, in another folder.
const PREFIX = `weft-live ${self.registration.scope} `;
const CACHE = PREFIX + version;

const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Names of these files change with their content, so that a copy which the browser has is good. */
const isImmutable = (path: string) => path.startsWith('assets/');

/** Large, and of one page alone: it is kept when that page asks for it. */
const isOnDemand = (path: string) => path === 'models/explore.safetensors';

self.addEventListener('install', (event) => {
  event.waitUntil(keepFiles());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(Promise.all([forgetOldFiles(), self.clients.claim()]));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const isOurs = request.method === 'GET' && request.url.startsWith(self.registration.scope);
  if (isOurs) event.respondWith(respond(request));
});

async function keepFiles(): Promise<void> {
  const cache = await caches.open(CACHE);
  await Promise.all(
    files.map(async ([path]) => {
      // What an older version has kept is kept on.
      if (isOnDemand(path) && !(await caches.match(keyOf(path)))) return;
      const response = await fetch(new URL(path, self.registration.scope), {
        cache: isImmutable(path) ? 'default' : 'no-cache',
      });
      if (!response.ok) throw new Error(`${path} cannot be kept: the host answered ${response.status}.`);
      await cache.put(keyOf(path), isolated(response));
    }),
  );
}

async function forgetOldFiles(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)),
  );
}

/** A page is asked for as a folder, and with options of the visitor behind `?`. */
function keyOf(address: string): string {
  const url = new URL(address, self.registration.scope);
  return `${url.origin}${url.pathname.replace(/\/$/, '/index.html')}`;
}

async function respond(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const key = keyOf(request.url);
  const kept = await cache.match(key);
  if (kept) return kept;
  const response = isolated(await fetch(request));
  if (response.status === 200 && isOnDemand(key.slice(self.registration.scope.length))) {
    // Where there is no room for it, the page has it all the same.
    await cache.put(key, response.clone()).catch(() => {});
  }
  return response;
}

function isolated(response: Response): Response {
  // A response without a readable body can only be handed on.
  if (response.type === 'opaque' || response.type === 'opaqueredirect' || response.status === 0) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
