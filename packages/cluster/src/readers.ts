// What of this package reads bytes that others have written, for the fuzzer.
export { allMessages } from './all-messages.js';
export { Registry } from './registry/registry.js';
export { payloadsIn } from './store/payloads.js';
export { cutIntoChunks, Reassembly } from './wire/chunks.js';
export type { Shape } from './wire/fields.js';
export { MessageError } from './wire/message-error.js';
