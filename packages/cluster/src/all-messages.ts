import { keyMessages } from './key/claim.js';
import { heartbeatMessages } from './registry/heartbeat.js';
import { trialMessages } from './sweep/trial-messages.js';
import { SESSION_MESSAGES } from './wire/messages.js';

/**
 * Every kind of message that Weft reads from a server, in groups: the fuzzer draws and breaks all of them.
 *
 * @example
 * Object.keys(allMessages.keys.kinds); // ['holder', 'renewal']
 */
export const allMessages = {
  session: SESSION_MESSAGES,
  heartbeats: heartbeatMessages,
  keys: keyMessages,
  trials: trialMessages,
};
