import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { choice, flag, integer, list, name, number, optional, record, sha256, text } from './fields.js';
import { defineMessages } from './message.js';
import { MessageError } from './message-error.js';

const messages = defineMessages({
  nothing: { fields: {} },
  all: {
    fields: {
      step: integer(1, 9),
      loss: number(),
      isLast: flag(),
      id: name(),
      hash: sha256(),
      note: text(20),
      kind: choice('one', 'two'),
      members: list(record({ id: name(), weight: integer(), note: optional(text(5)) }), { most: 3 }),
      maybe: optional(integer()),
    },
    payload: 100,
  },
});

const fields = fc.record(
  {
    step: fc.integer({ min: 1, max: 9 }),
    loss: fc.double(),
    isLast: fc.boolean(),
    id: fc.string({ unit: fc.constantFrom(...'abz019-_'), minLength: 1, maxLength: 64 }),
    hash: fc.string({ unit: fc.constantFrom(...'0189abcdef'), minLength: 64, maxLength: 64 }),
    note: fc.string({ unit: 'binary', maxLength: 10 }),
    kind: fc.constantFrom('one' as const, 'two' as const),
    members: fc.array(
      fc.record(
        { id: fc.constantFrom('a', 'b'), weight: fc.nat(), note: fc.constant('x') },
        { requiredKeys: ['id', 'weight'] },
      ),
      { maxLength: 3 },
    ),
    maybe: fc.nat(),
  },
  { requiredKeys: ['step', 'loss', 'isLast', 'id', 'hash', 'note', 'kind', 'members'] },
);
const payload = fc.uint8Array({ maxLength: 100 });

const good = {
  step: 1,
  loss: 0.5,
  isLast: false,
  id: 'a',
  hash: '0'.repeat(64),
  note: '',
  kind: 'one',
  members: [],
} as const;

describe('a message', () => {
  it('is read as it was written, whatever its values and wherever its bytes lie', () => {
    fc.assert(
      fc.property(fields, payload, fc.nat({ max: 9 }), (values, bytes, offset) => {
        const written = messages.encode('all', values, bytes);
        const elsewhere = new Uint8Array(written.length + offset).subarray(offset);
        elsewhere.set(written);
        const read = messages.decode(elsewhere);
        expect(read.kind).toBe('all');
        expect(read.fields).toEqual(values);
        expect(Object.keys(read.fields).sort()).toEqual(Object.keys(values).sort());
        expect([...read.payload]).toEqual([...bytes]);
      }),
    );
  });

  it('keeps the bits of numbers that JSON does not know', () => {
    for (const loss of [-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, 0.1 + 0.2]) {
      const read = messages.decode(messages.encode('all', { ...good, loss }));
      expect(Object.is((read.fields as typeof good).loss, loss)).toBe(true);
    }
  });

  it('is refused when any of its bits was changed', () => {
    const written = messages.encode('all', good, Uint8Array.of(1, 2, 3));
    for (let bit = 0; bit < 8 * written.length; bit++) {
      const changed = written.slice();
      changed[bit >> 3] ^= 1 << (bit & 7);
      expect(() => messages.decode(changed)).toThrow(MessageError);
    }
  });

  it('is refused when it was cut or has grown', () => {
    const written = messages.encode('all', good, Uint8Array.of(1, 2, 3));
    for (let length = 0; length < written.length; length++) {
      expect(() => messages.decode(written.subarray(0, length))).toThrow(MessageError);
    }
    expect(() => messages.decode(new Uint8Array([...written, 0]))).toThrow(MessageError);
  });

  it('throws nothing but MessageError for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => messages.decode(bytes)).toThrow(MessageError);
      }),
    );
  });

  it.each([
    ['a number out of bounds', { ...good, step: 10 }, 'all.step: got 10, expected a whole number from 1 to 9'],
    ['another type', { ...good, step: '1' }, 'all.step: got "1"'],
    ['a missing field', { ...good, step: undefined }, 'all.step: got undefined'],
    ['an unknown field', { ...good, other: 1 }, 'all: got the unknown field "other"'],
    ['a word that is none', { ...good, kind: 'three' }, 'all.kind: got "three", expected one of one, two'],
    ['a name that could be a path', { ...good, id: '../a' }, 'all.id: got "../a"'],
    ['a name that could be a wildcard', { ...good, id: '*' }, 'all.id'],
    ['a hash in capitals', { ...good, hash: 'A'.repeat(64) }, 'all.hash'],
    ['half a character', { ...good, note: '\ud800' }, 'all.note'],
    ['a list that is too long', { ...good, members: [1, 2, 3, 4] }, 'all.members'],
    ['a field deep inside', { ...good, members: [{ id: 'a', weight: -1 }] }, 'all.members[0].weight: got -1'],
    ['a list for a record', { ...good, members: [[]] }, 'all.members[0]: got a list of 0, expected a record'],
  ])('with %s is refused by the writer and by the reader', (_, values, message) => {
    expect(() => messages.encode('all', values as never)).toThrow(message);
    const lax = defineMessages({ all: { fields: laxFields(values), payload: 100 } });
    expect(() => messages.decode(lax.encode('all', values as never))).toThrow(message);
  });

  it('is refused with a payload that its kind does not have', () => {
    expect(() => messages.encode('nothing', {}, Uint8Array.of(1))).toThrow('nothing: got a payload of 1 bytes');
    const lax = defineMessages({ nothing: { fields: {}, payload: 1 }, other: { fields: {} } });
    expect(() => messages.decode(lax.encode('nothing', {}, Uint8Array.of(1)))).toThrow('got a payload of 1 bytes');
    expect(() => messages.decode(lax.encode('other', {}))).toThrow('There is no kind of messages "other"');
  });

  it('has the types of its fields', () => {
    const read = messages.decode(messages.encode('all', good));
    if (read.kind !== 'all') throw new Error('another kind');
    expectTypeOf(read.fields.step).toEqualTypeOf<number>();
    expectTypeOf(read.fields.kind).toEqualTypeOf<'one' | 'two'>();
    expectTypeOf(read.fields.maybe).toEqualTypeOf<number | undefined>();
    // @ts-expect-error: a field is missing
    expect(() => messages.encode('all', { step: 1 })).toThrow(MessageError);
  });

  it('describes its kinds as data', () => {
    expect(messages.kinds.nothing).toEqual({ fields: { type: 'record', fields: {} }, payload: 0 });
    expect(messages.kinds.all.payload).toBe(100);
  });
});

/** Fields that let anything pass that JSON can hold. */
function laxFields(values: object) {
  const shape = { type: 'flag' } as const;
  const anything = { shape, write: (value: unknown) => value, read: (value: unknown) => value };
  return Object.fromEntries(Object.keys(values).map((each) => [each, anything]));
}
