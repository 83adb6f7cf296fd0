// A worker of PictureWorkers whose files decide what it does: it hangs, ends itself, or answers.
import { parentPort, threadId } from 'node:worker_threads';

export default function work({ sources }) {
  return sources.map(({ place }) => {
    if (place === 'ends') process.exit(3);
    while (place === 'hangs');
    return { height: 1, width: 2, channels: 3, place };
  });
}

setImmediate(() => parentPort.postMessage({ loaded: threadId }));
