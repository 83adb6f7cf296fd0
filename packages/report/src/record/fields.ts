import { z } from 'zod';

/** Numbers that JSON has no form for, by their names in a record: identical images have a PSNR of Infinity. */
const SPELLED: ReadonlyMap<unknown, number> = new Map(
  [Number.NaN, Infinity, -Infinity].map((value) => [String(value), value]),
);

export const measurement = z.unknown().transform((value, context): number => {
  // Records of Weft 0.1 have null for all of them.
  const number = value === null ? Number.NaN : (SPELLED.get(value) ?? value);
  if (typeof number === 'number') return number;
  context.issues.push({ code: 'invalid_type', expected: 'number', input: value });
  return z.NEVER;
});
export const count = z.number().int().nonnegative();
export const duration = z.number().nonnegative();

/** An array. It is read to the first fault, since a file may have millions, each of which would cost a kilobyte. */
export const list = <Item extends z.ZodType>(item: Item) =>
  z.array(z.unknown()).transform((values, context): z.output<Item>[] => {
    const items: z.output<Item>[] = [];
    for (const [index, value] of values.entries()) {
      const parsed = item.safeParse(value);
      if (!parsed.success) return refused(context, index, parsed.error);
      items.push(parsed.data);
    }
    return items;
  });

/** Values by name, read to the first fault like an array, or to so many. */
export const byName = <Item extends z.ZodType>(item: Item, faults = 1) =>
  z.record(z.string(), z.unknown()).transform((values, context): Record<string, z.output<Item>> => {
    const items: [string, z.output<Item>][] = [];
    for (const [name, value] of Object.entries(values)) {
      const parsed = item.safeParse(value);
      if (parsed.success) items.push([name, parsed.data]);
      else refused(context, name, parsed.error);
      if (context.issues.length >= faults) break;
    }
    return context.issues.length > 0 ? z.NEVER : Object.fromEntries(items);
  });

function refused(context: z.RefinementCtx, key: PropertyKey, { issues }: z.ZodError): never {
  for (const issue of issues) context.issues.push({ ...issue, input: undefined, path: [key, ...issue.path] });
  return z.NEVER;
}
