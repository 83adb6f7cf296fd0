import { expect, it } from 'vitest';
import { COPIES, WITHOUT_KERNEL } from './kinds.js';
import { operationTable } from './table.js';

it('the names by kind are those of the records', () => {
  const named = { ...WITHOUT_KERNEL, copy: COPIES };
  for (const [kind, names] of Object.entries(named)) {
    const found = [...operationTable.values()].filter((definition) => definition.kind === kind).map(({ name }) => name);
    expect(found.sort(), kind).toEqual([...names].sort());
  }
});
