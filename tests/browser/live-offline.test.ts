import { expect, test } from 'vitest';
import { inChromium, newPage, openBrowser } from '../support/browser/chromium.js';
import { builtFiles, openLive, traffic, waitUntilKept } from '../support/browser/live.js';
import { serve } from '../support/browser/serve.js';

/** What a first visit loads in all, with what the service worker keeps: bytes behind gzip. */
const MOST_BYTES = 700_000;

inChromium('the service worker of the live pages', async () => {
  const browser = await openBrowser();

  test('keeps the large example of Explore only where that page was visited', async () => {
    const { page, problems, server } = await openLive(browser, 'train');
    await waitUntilKept(page);
    const { requests, bytes } = traffic(server);
    console.log(`First visit of Train, and all that is kept: ${requests} requests, ${bytes} bytes behind gzip`);
    expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
    expect(server.requests.filter(({ path }) => path.endsWith('explore.safetensors'))).toEqual([]);
    expect(problems).toEqual([]);
    await page.context().close();
    await server.close();
  });

  test.each([true, false])('keeps Explore with its example, isolated by the host: %s', async (isolated) => {
    const { page, server } = await openLive(browser, 'explore', { isolated });
    await page.getByText('This page is isolated').waitFor();
    await waitUntilKept(page);
    await server.close();
    await page.context().setOffline(true);
    await page.reload();
    await page.locator('#rows tr').first().waitFor();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await page.context().close();
  });

  test('does not load a page anew in which the visitor has begun something', async () => {
    const { page, server } = await openLive(browser, 'train', { isolated: false, serviceWorkers: 'block' });
    await page.context().close();
    const { page: slow } = await newPage(browser);
    // The visitor is faster than the service worker.
    await slow.addInitScript(() => {
      const { register } = ServiceWorkerContainer.prototype;
      ServiceWorkerContainer.prototype.register = async function (...given) {
        await new Promise((resolve) => addEventListener('change', resolve, { once: true }));
        return register.apply(this, given);
      };
    });
    await slow.goto(`${server.origin}/some/folder/live/train/`);
    await slow.locator('#go:enabled').waitFor();
    await slow.locator('#epochs').click();
    await slow.keyboard.type('1');
    await slow.keyboard.press('Tab');
    await slow.getByText('It works offline from now on. Reload it, and it computes on all cores.').waitFor();
    await slow.reload();
    await slow.getByText('This page is isolated').waitFor();
    await slow.context().close();
    await server.close();
  });

  test('leaves what another copy on the same host has kept', async () => {
    const files = builtFiles('/one');
    const others = Object.entries(builtFiles('/two')).map(([path, content]) => {
      if (!path.endsWith('service-worker.js')) return [path, content] as const;
      const text = Buffer.from(content as Uint8Array).toString();
      return [path, text.replace('"version":"', '"version":"0')] as const;
    });
    const server = await serve({ ...files, ...Object.fromEntries(others) }, { isolated: true });
    const { page } = await newPage(browser);
    for (const folder of ['one', 'two']) {
      await page.goto(`${server.origin}/${folder}/train/`);
      await waitUntilKept(page);
    }
    expect(await page.evaluate(async () => (await caches.keys()).length)).toBe(2);
    await page.context().close();
    await server.close();
  });
});
