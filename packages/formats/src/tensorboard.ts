export {
  type EventImage,
  type EventValue,
  encodeEvent,
  eventFileStart,
  type TensorBoardEvent,
} from './tensorboard/events.js';
export { type EventHistogram, eventHistogram } from './tensorboard/histogram.js';
