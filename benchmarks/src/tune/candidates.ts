import type { MatmulTiles, VectorBits } from '@weft/core/program';

type Columns = keyof MatmulTiles['rows'];

/** Rows that are tried with the columns of a panel: from too few for the latency to too many for the registers. */
const ROWS: Readonly<Record<VectorBits, Readonly<Record<MatmulTiles['panel'], readonly number[]>>>> = {
  128: { 16: [1, 2, 3], 12: [2, 3, 4], 8: [3, 4, 5, 6] },
  256: { 16: [2, 3, 4, 5, 6], 12: [2, 3, 4], 8: [4, 6, 8] },
};

/** Every way to cut panels for vectors of some bits, with the rows of narrower tiles as they are. */
export function panelCandidates({ rows }: Pick<MatmulTiles, 'rows'>, vectorBits: VectorBits): MatmulTiles[] {
  const panels = [16, 12, 8] as const;
  return panels.flatMap((panel) =>
    ROWS[vectorBits][panel].flatMap((count) =>
      ([1, 2, 4] as const).flatMap((unroll) =>
        // A fence stands between the steps of a round: a round of one has no place for it.
        (unroll === 1 ? [false] : [true, false]).map((fence) => ({
          panel,
          rows: { ...rows, [panel]: count },
          unroll,
          fence,
        })),
      ),
    ),
  );
}

/** Other numbers of rows for tiles of some columns. */
export function rowCandidates(tiles: MatmulTiles, columns: Columns): MatmulTiles[] {
  return [1, 2, 3, 4, 5, 6, 8].map((count) => ({ ...tiles, rows: { ...tiles.rows, [columns]: count } }));
}

/** Tiles in a few words. */
export function describeTiles({ panel, rows, unroll, fence }: MatmulTiles): string {
  return `${rows[panel]}x${panel}, unroll ${unroll}, ${fence ? 'fence' : 'no fence'}`;
}

/** Tiles as they stand in the table of the code. */
export function tableEntry(vectorBits: VectorBits, { panel, rows, unroll, fence }: MatmulTiles): string {
  const counts = Object.entries(rows)
    .sort(([a], [b]) => Number(b) - Number(a))
    .map(([columns, count]) => `${columns}: ${count}`);
  return `    ${vectorBits}: { panel: ${panel}, rows: { ${counts.join(', ')} }, unroll: ${unroll}, fence: ${fence} },`;
}
