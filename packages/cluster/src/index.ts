export type { Bus, Delivery, Unsubscribe } from './bus/bus.js';
export { type Connection, type ConnectOptions, connect, type ServerDescription } from './bus/connect.js';
export type { Credentials } from './bus/credentials.js';
export { ClusterError, type ClusterErrorCode } from './errors.js';
export { type ClusterShape, type RoundCost, type StepCost, type StepTime, stepTime } from './model/step-time.js';
export { type Paying, whereItStopsPaying } from './model/where-it-stops-paying.js';
