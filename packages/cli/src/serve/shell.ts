/** The document of the page; everything in it is made by its script. */
export const SHELL = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Weft</title>
<link rel="icon" type="image/svg+xml" href="/icon.svg">
<link rel="stylesheet" href="/style.css">
<script type="module" src="/serve/page/main.js"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header><nav aria-label="Runs"><span class="brand">Weft</span><a href="/">All runs</a></nav></header>
<p id="connection" role="alert"></p>
<main id="main"><p>Looking at the runs &hellip;</p><noscript><p>This page needs JavaScript. Without it, <code>weft info RUN</code> tells of a run.</p></noscript></main>
</body>
</html>
`;

/** Threads that cross: a weave. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#0b4f8a"/><path d="M2 5h12M2 11h12M5 2v12M11 2v12" stroke="#fff" stroke-width="1.6"/></svg>
`;
