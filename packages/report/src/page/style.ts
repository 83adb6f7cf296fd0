import { EXPLORE_STYLE } from './explore-style.js';

/** The report's style sheet: one column of text, figures as white cards in both colour schemes, fit to print. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1b1f; --muted: #55565c; --rule: #d9d9df; --shade: #f5f5f8; --accent: #0b4f8a; --warning: #a3140f; --warning-shade: #fdecea; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16171b; --ink: #e8e8ec; --muted: #a5a6ae; --rule: #3a3b43; --shade: #1f2026; --accent: #7db6ea; --warning: #ff9a8f; --warning-shade: #3a1a18; }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.6 system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif; }
main, header, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.5rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 0.5rem; }
h2 { font-size: 1.4rem; line-height: 1.25; margin: 3rem 0 0.75rem; padding-top: 0.75rem; border-top: 1px solid var(--rule); }
h3 { font-size: 1.1rem; margin: 2rem 0 0.5rem; }
p, li, dd { max-width: 44rem; }
p { margin: 0.75rem 0; }
a { color: var(--accent); }
.meta { color: var(--muted); }
.warning { background: var(--warning-shade); color: var(--warning); border-left: 4px solid var(--warning); padding: 0.75rem 1rem; font-weight: 600; max-width: none; }
nav ol { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; list-style: none; margin: 1.25rem 0 0; padding: 0; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.4rem, 1fr)); gap: 0.75rem; margin: 1.5rem 0; }
.cards div { background: var(--shade); border: 1px solid var(--rule); border-radius: 8px; padding: 0.6rem 0.75rem; }
.cards strong { display: block; white-space: nowrap; font-size: 1.2rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
.cards span { color: var(--muted); font-size: 0.875rem; }
.scroll { overflow-x: auto; margin: 1.25rem 0; }
table { border-collapse: collapse; min-width: 26rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--muted); font-size: 0.9rem; padding-bottom: 0.4rem; }
th, td { padding: 0.35rem 1.5rem 0.35rem 0; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th.text, td.text { text-align: left; }
tbody th { font-weight: 500; }
thead th { font-weight: 600; border-bottom: 2px solid var(--muted); }
dl { margin: 1rem 0; }
dl div { display: grid; grid-template-columns: 13rem 1fr; gap: 1rem; padding: 0.3rem 0; border-bottom: 1px solid var(--rule); }
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; }
figure { margin: 1.75rem 0; break-inside: avoid; }
figure .sheet { background: #fff; border: 1px solid var(--rule); border-radius: 8px; overflow-x: auto; }
figure img { display: block; width: 100%; min-width: 40rem; height: auto; border-radius: 8px; }
figcaption { color: var(--muted); font-size: 0.925rem; margin-top: 0.5rem; max-width: 50rem; }
figcaption b { color: var(--ink); }
pre { background: var(--shade); border: 1px solid var(--rule); border-radius: 8px; padding: 0.75rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere; }
code { font: 0.9em/1.5 ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; overflow-wrap: anywhere; }
pre span { white-space: nowrap; }
summary { cursor: pointer; color: var(--accent); }
footer { color: var(--muted); font-size: 0.875rem; margin-top: 3rem; padding-bottom: 3rem; }
@media (max-width: 36rem) { dl div { grid-template-columns: 1fr; gap: 0; } h1 { font-size: 1.6rem; } }
@media print {
  :root { --paper: #fff; --ink: #000; --muted: #444; --rule: #bbb; --shade: #fff; --accent: #000; --warning: #a3140f; --warning-shade: #fff; }
  @page { margin: 18mm; }
  body { font-size: 10.5pt; }
  nav { display: none; }
  main, header, footer { max-width: none; padding: 0; }
  h2, h3 { break-after: avoid; }
  h2 { margin-top: 1.75rem; }
  figure img { min-width: 0; }
  tr, dl div { break-inside: avoid; }
  .scroll, figure .sheet { overflow: visible; }
  a { text-decoration: none; }
}
${EXPLORE_STYLE}`;
