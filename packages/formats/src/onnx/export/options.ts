import { checkKnownOptions, refuse } from '@weft/core/program';

/** What is done to images before the model sees them, as a part of the file. */
export interface OnnxPreprocessing {
  /** The input becomes bytes, which are multiplied by this number: 1 / 255 for bytes to [0, 1]. */
  readonly scale?: number;
  /** Height and width of the images that are given; they are resized to those of the model, bilinearly. */
  readonly size?: readonly [number, number];
}

/** Options of `toOnnx`. */
export interface OnnxOptions {
  /** Version of ONNX's operators, from 13 to 26. Default 17. */
  readonly opset?: number;
  /** How many examples are given at once: `dynamic` is any number. Default `dynamic`. */
  readonly batch?: number | 'dynamic';
  /** For models whose inputs are images. Default: none. */
  readonly preprocessing?: OnnxPreprocessing;
  /** Texts of your own, kept in the file. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Versions of the file's format that came with versions of the operators. */
const IR_VERSIONS: readonly (readonly [opset: number, ir: number])[] = [
  [25, 13],
  [24, 12],
  [23, 11],
  [21, 10],
  [19, 9],
  [15, 8],
  [13, 7],
];
const [OLDEST, NEWEST] = [13, 26];

/** The version of the format for a version of the operators. */
export const irVersionOf = (opset: number): number => (IR_VERSIONS.find(([since]) => opset >= since) ?? [0, 7])[1];

/** @throws RangeError naming the option that is not what it must be */
export function checkOptions(options: OnnxOptions): Required<Omit<OnnxOptions, 'preprocessing'>> & OnnxOptions {
  checkKnownOptions('toOnnx', options, ['opset', 'batch', 'preprocessing', 'metadata']);
  const { opset = 17, batch = 'dynamic', preprocessing, metadata = {} } = options;
  if (!Number.isInteger(opset) || opset < OLDEST || opset > NEWEST) {
    refuse('toOnnx', 'opset', opset, `a whole number from ${OLDEST} to ${NEWEST}`);
  }
  if (batch !== 'dynamic' && !(Number.isSafeInteger(batch) && batch >= 1)) {
    refuse('toOnnx', 'batch', batch, "'dynamic' or a whole number from 1");
  }
  if (
    typeof metadata !== 'object' ||
    metadata === null ||
    Object.values(metadata).some((text) => typeof text !== 'string')
  ) {
    refuse('toOnnx', 'metadata', metadata, 'texts by name');
  }
  if (preprocessing !== undefined) checkPreprocessing(preprocessing);
  return { opset, batch, metadata, ...(preprocessing && { preprocessing }) };
}

function checkPreprocessing(preprocessing: OnnxPreprocessing): void {
  checkKnownOptions('toOnnx: preprocessing', preprocessing, ['scale', 'size']);
  const { scale, size } = preprocessing;
  if (scale !== undefined && !Number.isFinite(scale)) refuse('toOnnx', 'preprocessing.scale', scale, 'a number');
  const isSize = size === undefined || (Array.isArray(size) && size.length === 2 && size.every(isLength));
  if (!isSize) refuse('toOnnx', 'preprocessing.size', size, 'two whole numbers from 1, height and width');
}

const isLength = (length: unknown) => Number.isSafeInteger(length) && (length as number) >= 1;
