// The root, where tests with a server are, has none of NATS's packages.
export { nkeys } from '@nats-io/transport-node';
