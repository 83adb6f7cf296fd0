/** Public values that have no example yet, by package. A name that has one may not stay here. */
export const WITHOUT_EXAMPLE: Readonly<Record<string, readonly string[]>> = {
  analysis:
    'histogram histogramDensities kernelDensity mean meanAbsoluteErrors meanSquaredErrors nearestNeighbourPurity peakSignalToNoiseRatios principalComponents quantile quantiles scottBandwidth silhouetteScore silvermanBandwidth skewness structuralSimilarities summaryStatistics'.split(
      ' ',
    ),
  cli: 'main'.split(' '),
  core: 'ALIGNMENT RandomStream Recent Tensor abs add applyOperation argMax avgPool2d broadcastTo byteLength bytesOfRow cast checkKnownOptions checkShape checkTensor clip compile compileModule compute concatenate cos countProgram defaultKernels describe div equal erf exp explain floor formatShape fromNdarray full fuse grad greater greaterEqual hasRelaxedSimd hasSimd isOfKind jsonOf less lessEqual log logSoftmax logSumExp lower max maxPool2d maximum mean min minimum mostSimilar mul neg numberIn oneHot oneOf ones partition philox4x32 placeholder planMemory planProgram print prod random randomBernoulli randomNormal randomUniform referenceExecutable refuse relu reshape resolveWindow sameShape scatterAdd setVerification sigmoid sin sizeOf slice sqrt square statistics std stopGradient sub sum table takeRows tanh tensor trace transpose transposedWindow upsample2d variance verify wasmExecutable where windowPositions withCustomSection zeros'.split(
    ' ',
  ),
  data: 'FASHION_MNIST_CLASS_NAMES FASHION_MNIST_FILES FASHION_MNIST_MIRRORS NOISE_KINDS asDepth joinTiles listFolder loadFashionMnist noiseText readIdx splitValidation subset syntheticGarments tileGrid writeIdx'.split(
    ' ',
  ),
  formats: 'decodeModel decodeSafetensors encodeSafetensors setWeights'.split(' '),
  models: 'AUTOENCODERS Autoencoder IMAGE_LOSS_TERMS convAutoencoder convDenoisingAutoencoder normalDivergence'.split(
    ' ',
  ),
  nn: 'Activation Adam AlphaDropout Average AveragePooling1D AveragePooling2D BaseModel BatchNormalization Conv2D Cropping2D Dense Dropout ELU Flatten GELU GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D GlobalMaxPooling1D GlobalMaxPooling2D LayerNormalization LeakyReLU MaxPooling1D MaxPooling2D Maximum Minimum ModelWeight Multiply RepeatVector Reshape SGD SiLU Softmax Softplus SpatialDropout2D Subtract SymbolicTensor UpSampling2D ZeroPadding2D accuracy auc averagePrecision biasesAndScales binaryAccuracy binaryCrossentropy binaryFocalCrossentropy binaryIoU categoricalAccuracy categoricalCrossentropy categoricalCrossentropyWith categoricalFocalCrossentropy categoricalFocalCrossentropyWith categoricalHinge cosineSimilarity dice f1Score f1ScoreWith hinge huber klDivergence logCosh meanAbsoluteError meanAbsolutePercentageError meanCosineSimilarity meanIoU meanIoUWith meanSquaredError meanSquaredLogarithmicError metricResult metricScores minMaxNorm msSsim msSsimLoss msSsimWith nonNeg poisson precision psnr r2Score recall recallWith regularizationLoss rootMeanSquaredError sparseCategoricalAccuracy sparseCategoricalCrossentropy sparseTopKCategoricalAccuracy squaredHinge ssim ssimLoss ssimWith topKCategoricalAccuracy topKCategoricalAccuracyWith tversky unitNorm'.split(
    ' ',
  ),
  pool: 'SIMD WorkerPool availableThreads controlGroupFolders evaluate fit halfWritten loadModel loadWeights makeFolders mapExamples predict processorQuota useVectors vectorFacts wideVectors writeAtomically'.split(
    ' ',
  ),
  report:
    'RUN_RECORD_VERSION SAMPLES_FIGURE counted details drawFigures errorHistogram facts figureBlock figureName formatCount formatNumber formatPercent html list paragraph parseRunRecord rasterise recordText renderReport subheading table'.split(
      ' ',
    ),
  study:
    'REPORT_KINDS completeTrials csvText finishedTrials judgeScores latentDistances listText performInFolder pseudoAnomalies trialFolder trialWord variedOptions'.split(
      ' ',
    ),
  train:
    'BARRIER_WORDS CONTROL CONTROL_WORDS CSVLogger EVALUATE_OPTIONS EarlyStopping FIT_OPTIONS MAP_OPTIONS ModelCheckpoint NUMERICS_VERSION PREDICT_OPTIONS STOPPED SharedMemory TerminateOnNaN arriveAndWait breakBarrier checkModel checkOptions decodeCheckpoint defaulted encodeCheckpoint evaluate evaluateInMicroBatches fit fitInMicroBatches mapExamples oneOf optional predict runTask such usefulWorkers wholeNumber'.split(
      ' ',
    ),
};

/** Examples that need what they do not declare, by package and name. */
export const NOT_ALONE: readonly string[] = [
  'cli performTraining',
  'core affineSample',
  'core flip',
  'core gather',
  'core pad',
  'core softmax',
  'core split',
  'data asChannels',
  'data asExamples',
  'data cutTiles',
  'data decodeImage',
  'data imageHeader',
  'data layoutOf',
  'data openPictures',
  'data resizeImage',
  'formats encodeModel',
  'models autoencoderOf',
  'models elboTerms',
  'models interpolate',
  'models layersOf',
  'models objective',
  'models sampleLatents',
  'nn Add',
  'nn CallContext',
  'nn Concatenate',
  'nn Permute',
  'nn Rescaling',
  'nn Weight',
  'nn call',
  'nn modelFromConfig',
  'nn slice',
  'nn trainStep',
  'pool ProgressBar',
  'pool saveModel',
  'pool weightsSha256',
  'report errorHeatmaps',
  'report featureMapsFigure',
  'report filtersFigure',
  'report imageGridFigure',
  'report interpolationFigure',
  'report intervalsFigure',
  'report latentScatterFigure',
  'report precisionRecallFigure',
  'report renderPage',
  'report rocFigure',
  'report samplesFigure',
  'report scoreHistogram',
  'study localExecutor',
  'study runStudy',
  'train ExampleRecords',
  'train ExampleStream',
  'train ProgressBar',
  'train explainTraining',
];
