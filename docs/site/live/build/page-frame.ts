import type { Plugin } from 'vite';

/** The pages in the order of their links. */
const PAGES = [
  ['denoise', 'Denoise'],
  ['explore', 'Explore'],
  ['train', 'Train'],
] as const;

/** Scripts and styles of this site only. WebAssembly is compiled in the page, pictures of the visitor are blobs. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Files are relative to the page, so that the site works below any path. */
const HEAD = `<meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${POLICY}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="referrer" content="no-referrer">
    <link rel="icon" href="../shared/icon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="../shared/style.css">`;

const header = (current: string) => `<a class="skip" href="#content">Skip to the content</a>
    <header class="site">
      <a class="brand" href="../../">Weft</a>
      <nav aria-label="Live pages">
        ${PAGES.map(([folder, title]) => `<a href="../${folder}/"${folder === current ? ' aria-current="page"' : ''}>${title}</a>`).join('\n        ')}
      </nav>
      <a class="docs" href="../../">Docs</a>
    </header>`;

const FOOTER = `<footer class="site">
      <p>Everything is computed in this page. No picture and no model leaves your device.</p>
      <p id="runtime" class="muted"></p>
    </footer>
    <p id="announcer" class="visually-hidden" role="status"></p>`;

/** Writes what all pages share in place of <!-- head -->, <!-- header --> and <!-- footer -->. */
export function pageFrame(): Plugin {
  return {
    name: 'weft-page-frame',
    transformIndexHtml: {
      order: 'pre',
      handler: (html, { path }) =>
        html
          .replace('<!-- head -->', HEAD)
          .replace('<!-- header -->', header(path.split('/').at(-2) ?? ''))
          .replace('<!-- footer -->', FOOTER),
    },
  };
}
