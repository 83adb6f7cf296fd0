import type { Operation } from '../../trace/program.js';
import type { GroupingRule } from '../grouping.js';

/** The places of largest pixels are found together with those pixels. */
export const placesWithPools: GroupingRule = ({ groups }, operation) => {
  if (operation.name !== 'maxPool2dPlace') return undefined;
  const isMine = (other: Operation | undefined) => other !== undefined && isSamePool(other, operation);
  return groups.find((group) => group.open && isMine(group.anchor) && group.operations.at(-1) === group.anchor);
};

/** Whether an operation pools as another one finds places. */
export function isSamePool(pool: Operation, place: Operation): boolean {
  return (
    pool.name === 'maxPool2d' &&
    pool.inputs[0] === place.inputs[0] &&
    JSON.stringify(pool.attributes) === JSON.stringify(place.attributes)
  );
}

/** Puts each `maxPool2dPlace` right behind the pooling it belongs to, so that both can be found in one go. */
export function placesBesidePools(operations: readonly Operation[]): Operation[] {
  const places = operations.filter(({ name }) => name === 'maxPool2dPlace');
  const beside = operations.flatMap((operation) => [
    operation,
    ...places.filter((place) => isSamePool(operation, place)),
  ]);
  // Each stands where it is met first.
  return [...new Set(beside)];
}
