import type { RunRecord } from '../record/run-record.js';
import { counted, formatBytes, formatPercent, formatSeconds } from '../text/numbers.js';
import { facts, type Html, html, paragraph, table } from './html.js';
import { reproduceCommand } from './reproduce-command.js';
import { trainedModels } from './trained-models.js';

/** The command that repeats the run, by what its result can be told to be the same, and where it was computed. */
export function reproduceSection(record: RunRecord): Html[] {
  const { machine, numerics, seconds, versions } = record;
  // A line breaks between options only, not at the hyphens within them.
  const command = reproduceCommand(record)
    .split(/ (?=--)/)
    .flatMap((part, index) => [index === 0 ? '' : ' ', html`<span>${part}</span>`]);
  const phases = phaseTitles(record).flatMap(([phase, title]) => {
    const spent = seconds[phase];
    if (spent === undefined) return [];
    return [[title, formatSeconds(spent), seconds.total > 0 ? formatPercent(spent / seconds.total) : '–']];
  });
  return [
    html`<pre><code>${command}</code></pre>`,
    paragraph([
      numerics.mode === 'exact'
        ? `With the same data, the same version of Weft and the same kernels (${KERNELS[numerics.kernels]}) it trains the same weights to the last bit, on any machine and any number of threads; the checksums below tell.`
        : 'With fast math it trains the same weights to the last bit on the same machine and version of Node alone, with any number of threads; elsewhere their last bits may differ.',
    ]),
    facts([
      ...trainedModels(record).map(({ name, model }) => [`${name} weights, SHA-256`, model.weightsSha256] as const),
      ['Numerics', `${numerics.mode}, version ${numerics.version}, ${KERNELS[numerics.kernels]} kernels`],
      ['Versions', `Weft ${versions.weft}, Node ${versions.node}, V8 ${versions.v8}`],
      ['Machine', `${machine.cpuModel}, ${counted(machine.cores, 'core')}`],
      ['Peak memory', formatBytes(record.peakMemoryBytes)],
    ]),
    table('Where the time went', ['Phase', 'Time', 'Share'], [...phases, ['Total', formatSeconds(seconds.total), '']]),
  ];
}

/** The phases of a run in their order. */
function phaseTitles(record: RunRecord): [string, string][] {
  return [
    ['data', 'Loading the data'],
    ...trainedModels(record).map(({ key, name }): [string, string] => [key, `Training the ${name}`]),
    ['analysis', 'Analysis'],
    ['report', 'Figures and report'],
  ];
}

const KERNELS = { 'wasm-simd': 'WebAssembly SIMD', reference: 'reference' } as const;
