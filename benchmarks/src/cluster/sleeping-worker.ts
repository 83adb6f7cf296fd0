// A worker that sleeps as long as it would compute: node sleeping-worker.js URL LEAF-SECONDS REPLICATED-SECONDS
import { serveWorker } from '@weft/cluster';
import { sleepInsteadOfComputing } from './sleeping.js';

const [url, leafSeconds, replicatedSeconds] = process.argv.slice(2);
sleepInsteadOfComputing({ leafSeconds: Number(leafSeconds), replicatedSeconds: Number(replicatedSeconds) });
await serveWorker(url, { threads: 1 });
