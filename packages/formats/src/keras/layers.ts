const KERNEL = ['kernelInitializer', 'kernelRegularizer', 'kernelConstraint'];
const BIAS = ['useBias', 'biasInitializer', 'biasRegularizer', 'biasConstraint', 'activation'];
const WINDOW = ['kernelSize', 'strides', 'padding', 'dilationRate'];
const DEPTHWISE = ['depthMultiplier', 'depthwiseInitializer', 'depthwiseRegularizer', 'depthwiseConstraint'];
const POINTWISE = ['pointwiseInitializer', 'pointwiseRegularizer', 'pointwiseConstraint'];
const GAMMA = ['gammaInitializer', 'gammaRegularizer', 'gammaConstraint'];
const NORMAL = ['axis', 'epsilon', 'center', 'scale', 'betaInitializer', 'betaRegularizer', 'betaConstraint', ...GAMMA];
const MOVING = ['momentum', 'movingMeanInitializer', 'movingVarianceInitializer'];
const POOL = ['poolSize', 'strides', 'padding'];
const READING = ['fillMode', 'interpolation', 'fillValue'];
const EMBEDDINGS = ['embeddingsInitializer', 'embeddingsRegularizer', 'embeddingsConstraint'];

/** Layers that Weft and Keras have by the same names, with the options that both know. The order of weights is the same. */
export const SHARED_LAYERS: Readonly<Record<string, readonly string[]>> = {
  Activation: ['activation'],
  Add: [],
  AlphaDropout: ['rate'],
  Average: [],
  AveragePooling1D: POOL,
  AveragePooling2D: POOL,
  BatchNormalization: [...NORMAL, ...MOVING],
  Concatenate: ['axis'],
  Conv1D: ['filters', ...WINDOW, 'groups', ...KERNEL, ...BIAS],
  Conv2D: ['filters', ...WINDOW, 'groups', ...KERNEL, ...BIAS],
  Conv2DTranspose: ['filters', ...WINDOW, 'outputPadding', ...KERNEL, ...BIAS],
  Cropping2D: ['cropping'],
  Dense: ['units', ...KERNEL, ...BIAS],
  DepthwiseConv2D: [...WINDOW, ...DEPTHWISE, ...BIAS],
  Dropout: ['rate'],
  ELU: ['alpha'],
  Embedding: ['inputDim', 'outputDim', ...EMBEDDINGS],
  Flatten: [],
  GaussianDropout: ['rate'],
  GaussianNoise: ['stddev'],
  GlobalAveragePooling1D: ['keepdims'],
  GlobalAveragePooling2D: ['keepdims'],
  GlobalMaxPooling1D: ['keepdims'],
  GlobalMaxPooling2D: ['keepdims'],
  GroupNormalization: ['groups', ...NORMAL],
  LayerNormalization: NORMAL,
  LeakyReLU: ['negativeSlope'],
  MaxPooling1D: POOL,
  MaxPooling2D: POOL,
  Maximum: [],
  Minimum: [],
  Multiply: [],
  PReLU: ['alphaInitializer', 'alphaRegularizer', 'alphaConstraint', 'sharedAxes'],
  Permute: ['dims'],
  RandomContrast: ['factor', 'valueRange'],
  RandomFlip: ['mode'],
  RandomRotation: ['factor', ...READING],
  RandomTranslation: ['heightFactor', 'widthFactor', ...READING],
  RandomZoom: ['heightFactor', 'widthFactor', ...READING],
  ReLU: ['maxValue', 'negativeSlope', 'threshold'],
  RepeatVector: ['n'],
  Rescaling: ['scale', 'offset'],
  Reshape: ['targetShape'],
  Resizing: ['height', 'width', 'interpolation'],
  SeparableConv2D: ['filters', ...WINDOW, ...DEPTHWISE, ...POINTWISE, ...BIAS],
  Softmax: ['axis'],
  SpatialDropout2D: ['rate'],
  Subtract: [],
  UpSampling2D: ['size', 'interpolation'],
  ZeroPadding2D: ['padding'],
};

/** Layers of sequences, whose sizes Keras gives as lists of one number. */
export const isOfSequences = (type: string): boolean => type.endsWith('1D');

/** Layers that in Keras are an `Activation` of this name. */
export const ACTIVATION_LAYERS: Readonly<Record<string, string>> = { GELU: 'gelu', SiLU: 'silu', Softplus: 'softplus' };
