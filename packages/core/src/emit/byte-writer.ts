/** Bytes that are written one after another, and numbers in LEB128. */
export class ByteWriter {
  private bytes = new Uint8Array(256);
  length = 0;

  byte(value: number): this {
    if (this.length === this.bytes.length) this.makeRoom(1);
    this.bytes[this.length++] = value;
    return this;
  }

  all(values: ArrayLike<number>): this {
    this.makeRoom(values.length);
    this.bytes.set(values, this.length);
    this.length += values.length;
    return this;
  }

  unsigned(value: number): this {
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.byte((rest & 0x7f) | 0x80);
    return this.byte(rest);
  }

  signed(value: number): this {
    let rest = value | 0;
    for (; rest < -64 || rest > 63; rest >>= 7) this.byte((rest & 0x7f) | 0x80);
    return this.byte(rest & 0x7f);
  }

  /** ASCII text, its length before it. */
  text(value: string): this {
    this.unsigned(value.length);
    for (let at = 0; at < value.length; at++) this.byte(value.charCodeAt(at));
    return this;
  }

  /** Other bytes, their number before them. */
  sized(content: ByteWriter): this {
    return this.unsigned(content.length).all(content.view());
  }

  /** What was written, from a byte on, up to before another. */
  view(from = 0, to = this.length): Uint8Array {
    return this.bytes.subarray(from, to);
  }

  copy(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.length);
  }

  private makeRoom(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}
