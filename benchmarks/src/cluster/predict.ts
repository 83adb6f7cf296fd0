import { type StepCost, stepTime, whereItStopsPaying } from '@weft/cluster';
import { ASKED } from './lines.js';
import { milliseconds, percent, tableOf } from './tables.js';

const MACHINES = [1, 2, 4, 16, 64];

/** A training of which the formula is asked how it scales. */
export interface Asked {
  readonly name: string;
  readonly cores: number;
  readonly cost: StepCost;
}

/** What the formula says of machines that are not here. */
export function predictions(all: readonly Asked[]): string {
  const rows = all.flatMap(({ name, cores, cost }) =>
    ASKED.map((network) => {
      const cluster = { cores, latency: network.latency, bandwidth: network.bandwidth };
      const times = MACHINES.map((machines) => stepTime(cost, { ...cluster, machines }));
      const { fastest, speedup, paying } = whereItStopsPaying(cost, cluster);
      return [
        name,
        network.name,
        ...times.map(({ seconds, efficiency }) => `${milliseconds(seconds)} (${percent(efficiency)})`),
        `${fastest}`,
        speedup.toFixed(1),
        `${paying}`,
      ];
    }),
  );
  const head = ['Training', 'Network', ...MACHINES.map((count) => `${count}`), 'Fastest', 'Speed-up', 'Paying'];
  return tableOf(head, rows);
}
