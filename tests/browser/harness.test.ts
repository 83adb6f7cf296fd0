import { expect, test } from 'vitest';
import { inChromium, newPage, openBrowser, screenshot, seriousFaults } from '../support/browser/chromium.js';
import { serve } from '../support/browser/serve.js';

const page = (body: string) => `<!doctype html><html lang="en"><title>A page</title><body>${body}</body></html>`;

inChromium('a page in the tests', async () => {
  const browser = await openBrowser();

  test.each([true, false])('is cross-origin isolated if asked for: %s', async (isolated) => {
    const server = await serve({ '/index.html': page('<h1>Here</h1>') }, { isolated });
    const { page: opened } = await newPage(browser);
    await opened.goto(server.origin);
    expect(await opened.evaluate('crossOriginIsolated')).toBe(isolated);
    expect(server.requests[0]).toEqual({ path: '/index.html', bytes: page('<h1>Here</h1>').length });
    await server.close();
  });

  test('tells errors, missing files and violations of its policy', async () => {
    const body = '<h1>Here</h1><img alt="" src="/none.png"><script src="/fail.js"></script><script>1</script>';
    const files = { '/index.html': page(body), '/fail.js': "throw new Error('on purpose')" };
    const server = await serve(files, { policy: "script-src 'self'" });
    const { page: opened, problems } = await newPage(browser);
    await opened.goto(server.origin);
    await expect.poll(() => problems.join('\n')).toMatch(/404/);
    expect(problems.join('\n')).toMatch(/on purpose/);
    expect(problems.join('\n')).toMatch(/Content Security Policy/);
    await server.close();
  });

  test('is searched for faults that keep people out', async () => {
    const server = await serve({
      '/good/index.html': page('<main><h1>Here</h1></main>'),
      '/index.html': page('<img src="">'),
    });
    const { page: opened } = await newPage(browser);
    await opened.goto(`${server.origin}/good/`);
    expect(await seriousFaults(opened)).toEqual([]);
    await screenshot(opened, 'harness');
    await opened.goto(server.origin);
    expect((await seriousFaults(opened)).join()).toMatch(/image-alt/);
    await server.close();
  });
});
