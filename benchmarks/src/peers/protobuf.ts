/** A field of a message in Protocol Buffers' wire format, with its bytes. */
export type Field = readonly number[] | Uint8Array;

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return bytes;
}

/** A whole number from 0. */
export function integer(field: number, value: number): Field {
  return [...varint(field * 8), ...varint(value)];
}

/** Bytes, a text in UTF-8, or a message of fields. */
export function bytes(field: number, content: string | Uint8Array | readonly Field[]): Field {
  const body =
    typeof content === 'string'
      ? new TextEncoder().encode(content)
      : content instanceof Uint8Array
        ? content
        : message(content);
  return message([[...varint(field * 8 + 2), ...varint(body.length)], body]);
}

/** The fields of a message one after another. */
export function message(fields: readonly Field[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(fields.reduce((total, field) => total + field.length, 0));
  let offset = 0;
  for (const field of fields) {
    whole.set(field, offset);
    offset += field.length;
  }
  return whole;
}
