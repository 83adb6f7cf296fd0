import type { Bus } from '../bus/bus.js';
import { choice, integer, name, optional, text, type ValuesOf } from '../wire/fields.js';
import { defineMessages } from '../wire/message.js';

const count = () => integer(0);

const fields = {
  id: name(),
  host: text(255),
  threads: integer(1, 4096),
  /** What decides bits: machines train together only if it agrees. */
  numerics: integer(0),
  /** Version of Weft. */
  code: text(100),
  state: choice('waiting', 'joining', 'training', 'trial'),
  /** What it works on, for people. */
  job: optional(text(200)),
  /** Revision of the coordinator that it follows; 0 if none. */
  revision: count(),
  /** Counts since the process began. */
  microBatches: count(),
  examples: count(),
  sentBytes: count(),
  receivedBytes: count(),
  refused: count(),
};

/** What workers say of themselves once a second. */
export const heartbeatMessages = defineMessages({ alive: { fields } });

/** What a worker says of itself. */
export type Heartbeat = ValuesOf<typeof fields>;

/**
 * Sends heartbeats until it is stopped.
 *
 * @param say what there is to say now
 * @returns ends it
 */
export function beat(bus: Bus, subject: string, say: () => Heartbeat, everySeconds = 1): () => void {
  const send = () => bus.publish(subject, heartbeatMessages.encode('alive', say()));
  send();
  const timer = setInterval(send, 1000 * everySeconds);
  timer.unref();
  return () => clearInterval(timer);
}
