let simd: boolean | undefined;

/** Whether the engine runs WebAssembly with 128-bit SIMD. */
export function hasSimd(): boolean {
  // A function that leaves a vector of zeros: (module (func (result v128) i32.const 0 i8x16.splat)).
  simd ??=
    typeof WebAssembly === 'object' &&
    WebAssembly.validate(
      Uint8Array.of(
        0,
        97,
        115,
        109,
        1,
        0,
        0,
        0,
        1,
        5,
        1,
        96,
        0,
        1,
        123,
        3,
        2,
        1,
        0,
        10,
        8,
        1,
        6,
        0,
        65,
        0,
        253,
        15,
        11,
      ),
    );
  return simd;
}
