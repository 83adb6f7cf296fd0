import { expect, test } from 'vitest';
import { inChromium, newPage, openBrowser } from '../support/browser/chromium.js';
import { serve } from '../support/browser/serve.js';
import { webFiles } from '../support/browser/web.js';

/** A page that isolates itself, and says in its title what came of it. */
const page = (worker: string) => `<!doctype html><html lang="en"><title>Begun</title><link rel="icon" href="data:,">
<script type="module">
  import { isolatePage, WorkerPool } from './weft.js';
  const isIsolated = await isolatePage('${worker}').catch((error) => error.message);
  const pool = await WorkerPool.create({ threads: 2 });
  document.title = isIsolated + ' ' + pool.sharing;
</script>`;

inChromium('a page on a host that sets no headers', async () => {
  const browser = await openBrowser();

  async function titlesOf(worker: string, loads: number) {
    const server = await serve({ ...webFiles(), '/index.html': page(worker) });
    const { page: opened } = await newPage(browser);
    const titles: string[] = [];
    for (let load = 0; load < loads; load++) {
      await opened.goto(server.origin);
      // The page may load itself anew in the meantime.
      await expect
        .poll(() => opened.title().catch(() => 'Begun'), { timeout: 60_000 })
        .toMatch(/ (shared|worker|page)$/);
      titles.push(await opened.title());
    }
    await opened.context().close();
    await server.close();
    return titles;
  }

  test('is isolated by the service worker, from the first visit on', async () => {
    expect(await titlesOf('isolation-worker.js', 2)).toEqual(['true shared', 'true shared']);
  });

  test('says what to do where the service worker is not there', async () => {
    const [title] = await titlesOf('elsewhere.js', 1);
    expect(title).toMatch(
      /^isolatePage: elsewhere\.js cannot be the page's service worker \(.*\)\. Copy dist\/isolation-worker\.js .* worker$/,
    );
  });
});
