export type { Bus, Delivery, Unsubscribe } from './bus/bus.js';
