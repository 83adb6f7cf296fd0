import { arch } from 'node:os';
import type { MatmulTiles, VectorBits } from '@weft/core/program';
import { useVectors, wideVectors } from '@weft/pool';
import { commandLine, wholeNumber } from '../../../scripts/command-line.js';
import { describeMachine, machine } from '../machine.js';
import { availableNumerics, type Numerics } from '../numerics.js';
import { describeTiles, panelCandidates, rowCandidates, tableEntry } from './candidates.js';
import { type ProductSize, race, scores } from './race.js';

/** Products that convolutions come down to, and a cube: B read in place, B packed, a long inner length. */
const PRODUCTS: readonly ProductSize[] = [
  [256, 256, 256],
  [72, 64, 64],
  [288, 512, 64],
  [1568, 9, 32],
];

/** Rows and inner length of the products by which the rows of narrower tiles are chosen. */
const NARROW = [240, 64] as const;

/** Rows of narrower tiles while the panel is looked for: the table's last. */
const START = { 16: 2, 12: 3, 8: 4, 4: 4 } as const;

const { values } = commandLine({
  name: 'pnpm bench:tune',
  about: 'Races ways to cut matrix products into register tiles, and prints the fastest.',
  options: { rounds: { value: 'N', default: '15', help: 'Rounds, in each of which all candidates take a turn.' } },
});
const rounds = wholeNumber('--rounds', values.rounds, 1);
console.log(describeMachine(machine()));
const widths: readonly VectorBits[] = wideVectors().obstacle === undefined ? [128, 256] : [128];
const entries = availableNumerics().map((numerics) => {
  const cells = widths.map((vectorBits) => tableEntry(vectorBits, tune(numerics, vectorBits)));
  return `  ${numerics}: {\n${cells.join('\n')}\n  },`;
});
console.log(`Fastest on ${arch()}, as packages/core/src/emit/tiles.ts has it:\n${entries.join('\n')}`);

/** Races all panels, prints them, and then finds the rows of tiles narrower than the winner's. */
function tune(numerics: Numerics, vectorBits: VectorBits): MatmulTiles {
  useVectors(`${vectorBits}`);
  const candidates = panelCandidates({ rows: START }, vectorBits);
  const rates = PRODUCTS.map((product) => race(product, candidates, numerics, rounds));
  const score = scores(rates);
  const order = [...candidates.keys()].sort((a, b) => score[b] - score[a]);
  const head = PRODUCTS.map((product) => product.join('x').padStart(14)).join('');
  console.log(`\n${`${numerics}, ${vectorBits} bits, GFLOP/s`.padEnd(28)}${head}${'of the best'.padStart(14)}`);
  for (const index of order) {
    const cells = rates.map((ofProduct) => ofProduct[index].toFixed(1).padStart(14)).join('');
    const share = `${(100 * score[index]).toFixed(1)} %`.padStart(14);
    console.log(`${describeTiles(candidates[index]).padEnd(28)}${cells}${share}`);
  }
  let tiles = candidates[order[0]];
  for (const columns of [4, 8, 12, 16] as const) {
    if (columns >= tiles.panel) continue;
    const narrower = rowCandidates(tiles, columns);
    const found = race([...NARROW, columns], narrower, numerics, rounds);
    tiles = narrower[found.indexOf(Math.max(...found))];
  }
  return tiles;
}
