export type { Bus, Delivery, Unsubscribe } from './bus/bus.js';
export { type ClusterShape, type RoundCost, type StepCost, type StepTime, stepTime } from './model/step-time.js';
export { type Paying, whereItStopsPaying } from './model/where-it-stops-paying.js';
