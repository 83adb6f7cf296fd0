/** The style sheet of the page: the report's colours, in both schemes. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1b1f; --muted: #55565c; --rule: #d9d9df; --shade: #f5f5f8; --accent: #0b4f8a; --second: #a33c00; --faint: #8a8b93; --good: #1a6b35; --warning: #a3140f; --warning-shade: #fdecea; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16171b; --ink: #e8e8ec; --muted: #a5a6ae; --rule: #3a3b43; --shade: #1f2026; --accent: #7db6ea; --second: #f0a06a; --faint: #7b7c86; --good: #7fd29a; --warning: #ff9a8f; --warning-shade: #3a1a18; }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.6 system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif; }
header, main, #connection { max-width: 64rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1rem; }
main { padding-bottom: 4rem; }
nav { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; align-items: baseline; }
.brand { font-weight: 700; letter-spacing: 0.02em; text-decoration: none; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 0.5rem; background: var(--paper); padding: 0.25rem 0.75rem; z-index: 1; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0.75rem 0 0.25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2.25rem 0 0.5rem; padding-top: 0.75rem; border-top: 1px solid var(--rule); }
h3 { font-size: 1rem; margin: 1.5rem 0 0.5rem; }
p { margin: 0.5rem 0; }
.muted, caption { color: var(--muted); }
#connection:not(:empty), .notice { background: var(--warning-shade); border-left: 4px solid var(--warning); padding: 0.6rem 1rem; margin-top: 1rem; margin-bottom: 1rem; overflow-wrap: anywhere; }
.notice pre { margin: 0.4rem 0; white-space: pre-wrap; }
code, pre { font: 0.92em/1.5 ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; }
.state { display: inline-block; border: 1px solid currentColor; border-radius: 999px; padding: 0 0.6rem; font-size: 0.85rem; line-height: 1.5; white-space: nowrap; font-weight: 600; }
.state.running, .state.elsewhere { color: var(--accent); }
.state.finished { color: var(--good); }
.state.interrupted { color: var(--warning); }
.runs { list-style: none; padding: 0; margin: 1.25rem 0; display: grid; gap: 0.75rem; }
.runs li { border: 1px solid var(--rule); border-radius: 8px; background: var(--shade); padding: 0.75rem 1rem; }
.runs .name { font-weight: 600; overflow-wrap: anywhere; }
.runs .line { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; align-items: baseline; justify-content: space-between; }
.runs p { margin: 0.2rem 0 0; font-variant-numeric: tabular-nums; }
progress { appearance: none; display: block; width: 100%; height: 0.5rem; margin: 0.5rem 0; border: 0; border-radius: 999px; background: var(--rule); overflow: hidden; }
progress::-webkit-progress-bar { background: var(--rule); }
progress::-webkit-progress-value { background: var(--accent); transition: width 0.4s linear; }
progress::-moz-progress-bar { background: var(--accent); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.4rem, 1fr)); gap: 0.75rem; margin: 1rem 0; }
.cards div { background: var(--shade); border: 1px solid var(--rule); border-radius: 8px; padding: 0.5rem 0.75rem; }
.cards dt { color: var(--muted); font-size: 0.875rem; }
.cards dd { margin: 0; font-size: 1.2rem; font-weight: 600; line-height: 1.3; font-variant-numeric: tabular-nums; white-space: nowrap; }
.chart { position: relative; margin: 0.75rem 0 0.25rem; }
.chart svg { display: block; width: 100%; height: 17rem; }
.chart text { fill: var(--muted); font-size: 12px; font-variant-numeric: tabular-nums; }
.chart .grid { stroke: var(--rule); }
.chart path { fill: none; stroke-linejoin: round; }
.chart .steps { stroke: var(--faint); stroke-width: 1; }
.chart .loss { stroke: var(--accent); stroke-width: 2; }
.chart .valLoss { stroke: var(--second); stroke-width: 2; stroke-dasharray: 6 4; }
.chart circle.loss { fill: var(--accent); stroke: none; }
.chart circle.valLoss { fill: var(--second); stroke: none; }
.chart .cursor { stroke: var(--muted); stroke-dasharray: 2 3; }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; align-items: center; font-size: 0.9rem; }
.legend svg { width: 1.75rem; height: 0.6rem; margin-right: 0.4rem; }
.legend .loss { stroke: var(--accent); stroke-width: 2; }
.legend .valLoss { stroke: var(--second); stroke-width: 2; stroke-dasharray: 6 4; }
.legend .steps { stroke: var(--faint); stroke-width: 1.5; }
.readout { min-height: 1.6em; font-variant-numeric: tabular-nums; font-size: 0.95rem; }
.scroll { overflow-x: auto; max-height: 24rem; overflow-y: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.25rem 1.25rem 0.25rem 0; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
summary { cursor: pointer; color: var(--accent); width: fit-content; }
.samples { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.35rem 1rem; align-items: center; margin: 0.75rem 0; }
.samples span { font-size: 0.9rem; color: var(--muted); }
.samples img { display: block; width: 100%; height: auto; max-width: 48rem; image-rendering: pixelated; border-radius: 3px; }
.options { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: 0 2rem; margin: 0.75rem 0; }
.options div { display: flex; justify-content: space-between; gap: 1rem; padding: 0.2rem 0; border-bottom: 1px solid var(--rule); }
.options dt { color: var(--muted); white-space: nowrap; }
.options dd { margin: 0; overflow-wrap: anywhere; text-align: right; }
.where { display: flex; flex-wrap: wrap; gap: 0.25rem 0.75rem; align-items: baseline; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); gap: 1rem; }
figure { margin: 0; }
figure img { display: block; width: 100%; background: #fff; border: 1px solid var(--rule); border-radius: 8px; }
figcaption { color: var(--muted); font-size: 0.9rem; margin-top: 0.25rem; }
button, label.check { font: inherit; color: var(--ink); }
button { background: var(--shade); border: 1px solid var(--faint); border-radius: 6px; padding: 0.1rem 0.75rem; cursor: pointer; }
@media (max-width: 36rem) {
  .cards { grid-template-columns: 1fr 1fr; gap: 0.5rem; }
  .cards dd { font-size: 1rem; }
  .samples { grid-template-columns: 1fr; gap: 0.1rem; }
  .samples img { margin-bottom: 0.5rem; }
  h1 { font-size: 1.3rem; }
  .chart svg { height: 14rem; }
}
@media (prefers-reduced-motion: reduce) { progress::-webkit-progress-value { transition: none; } }
`;
