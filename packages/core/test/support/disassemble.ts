/** Reads a module's bytes by the WebAssembly specification 2.0, appendix "Index of Instructions". */
class Reader {
  at = 0;

  constructor(readonly bytes: Uint8Array) {}

  byte(): number {
    return this.bytes[this.at++];
  }

  /** A number in LEB128; signed ones are skipped over by it, too, since only their length matters. */
  number(): number {
    let result = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      result += (byte & 0x7f) * 2 ** shift;
      if (byte < 128) return result;
    }
  }

  skip(count: number): void {
    this.at += count;
  }
}

/** Reads one instruction; gives its name in hexadecimal, `fd e4` for the vector instruction e4. */
function instruction(reader: Reader): string {
  const code = reader.byte();
  const name = code.toString(16).padStart(2, '0');
  if (code === 0xfd) {
    const vector = reader.number();
    if (vector <= 11 || vector === 92 || vector === 93) reader.skip(countOf(reader, 2));
    else if (vector === 12 || vector === 13) reader.skip(16);
    else if (vector >= 84 && vector <= 91) reader.skip(countOf(reader, 2) + 1);
    else if (vector >= 21 && vector <= 34) reader.skip(1);
    return `fd ${vector.toString(16)}`;
  }
  if (code === 0xfc) {
    const which = reader.number();
    if (which !== 11) throw new Error(`unexpected instruction fc ${which}`);
    reader.skip(1);
    return `fc ${which}`;
  }
  if (code >= 0x02 && code <= 0x04) reader.skip(1);
  else if (code === 0x0c || code === 0x0d || code === 0x10 || (code >= 0x20 && code <= 0x22)) reader.number();
  else if (code >= 0x28 && code <= 0x3e) reader.skip(countOf(reader, 2));
  else if (code === 0x41) reader.number();
  else if (code === 0x43) reader.skip(4);
  else if (!(code === 0x0b || code === 0x0f || (code >= 0x45 && code <= 0xc4))) {
    throw new Error(`unexpected instruction ${name}`);
  }
  return name;
}

/** Reads numbers, and gives 0 bytes more to be skipped. */
function countOf(reader: Reader, numbers: number): number {
  for (let i = 0; i < numbers; i++) reader.number();
  return 0;
}

/** The instructions of each function of a module. */
export function disassemble(bytes: Uint8Array): string[][] {
  const reader = new Reader(bytes);
  reader.skip(8);
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const length = reader.number();
    if (id !== 10) {
      reader.skip(length);
      continue;
    }
    return Array.from({ length: reader.number() }, () => {
      const size = reader.number();
      const end = reader.at + size;
      for (let groups = reader.number(); groups > 0; groups--) {
        reader.number();
        reader.skip(1);
      }
      const instructions: string[] = [];
      while (reader.at < end) instructions.push(instruction(reader));
      if (reader.at !== end || instructions.at(-1) !== '0b') throw new Error('a function does not end where it should');
      return instructions;
    });
  }
  return [];
}
