/** The rules for figures that can be explored and tables that can be sorted, which only a script makes use of. None of it is on paper. */
export const EXPLORE_STYLE = `
.stage { position: relative; min-width: 40rem; touch-action: pan-x pan-y; cursor: crosshair; border-radius: 8px; }
.stage.redrawn { touch-action: none; }
.stage:focus { outline: none; }
.stage:focus-visible::after { content: ''; position: absolute; inset: 0; border: 3px solid #0b4f8a; border-radius: 8px; pointer-events: none; }
.stage > svg, .stage > canvas { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; }
.tip { position: absolute; pointer-events: none; background: #1b1b1f; color: #fff; border-radius: 6px; padding: 0.35rem 0.6rem; font-size: 0.85rem; line-height: 1.35; max-width: min(24rem, 58vw); }
.tip strong, .tip span { display: block; }
.tip[hidden], .bin[hidden] { display: none; }
.tools { display: flex; flex-wrap: wrap; gap: 0.4rem; margin-top: 0.5rem; align-items: center; }
.tools button { font: inherit; font-size: 0.875rem; min-width: 2.2rem; min-height: 2rem; padding: 0.15rem 0.6rem; color: var(--ink); background: var(--shade); border: 1px solid var(--muted); border-radius: 6px; cursor: pointer; }
.tools button:focus-visible, .values summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.groups { display: contents; }
.groups button { display: inline-flex; gap: 0.3rem; align-items: center; }
.groups svg { width: 22px; height: 22px; background: #fff; border-radius: 50%; flex: none; }
.groups button[aria-pressed=false] { text-decoration: line-through; color: var(--muted); border-style: dashed; }
.groups button[aria-pressed=false] svg { opacity: 0.35; }
.hint { flex-basis: 100%; margin: 0; color: var(--muted); font-size: 0.85rem; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; margin: 0; }
.bin { margin: 0.75rem 0; padding: 0.75rem 1rem; background: var(--shade); border: 1px solid var(--rule); border-radius: 8px; }
.bin p { margin: 0 0 0.5rem; font-size: 0.9rem; max-width: none; }
.bin ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(12.5rem, 45%), 1fr)); gap: 0.75rem; list-style: none; margin: 0; padding: 0; }
.bin li > div { display: flex; gap: 3px; }
.bin canvas { flex: 1; min-width: 0; image-rendering: pixelated; border-radius: 3px; }
.bin li span { display: block; font-size: 0.85rem; line-height: 1.4; color: var(--muted); overflow-wrap: anywhere; }
th button { font: inherit; color: inherit; text-align: inherit; background: none; border: 0; padding: 0.25rem 0; cursor: pointer; text-decoration: underline dotted; text-underline-offset: 0.25em; }
th button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
th[aria-sort=ascending] button::after { content: ' ▲' / ''; }
th[aria-sort=descending] button::after { content: ' ▼' / ''; }
.values { font-size: 0.925rem; margin-top: 0.25rem; }
.values .scroll { max-height: 30rem; overflow: auto; }
@media print {
  .stage { min-width: 0; }
  th button { text-decoration: none; }
  .stage > svg, .stage > canvas, .tip, .tools, .spoken, .bin, .values { display: none !important; }
}
`;
