import { convAutoencoder } from '@weft/models';

type Activation = 'linear' | 'relu' | 'sigmoid' | 'softmax';

/** What a node computes of its inputs, with Keras's names; convolutions and poolings pad as `same`. */
export type Operation =
  | {
      readonly op: 'convolution';
      readonly filters: number;
      readonly kernelSize: number;
      readonly strides: number;
      readonly activation: Activation;
      readonly useBias: boolean;
    }
  | { readonly op: 'depthwise'; readonly kernelSize: number; readonly strides: number; readonly useBias: boolean }
  | { readonly op: 'batchNormalization' | 'relu' | 'globalAveragePooling' | 'add' | 'concatenate' }
  | { readonly op: 'maxPooling' | 'upSampling'; readonly size: number }
  | { readonly op: 'dense'; readonly units: number; readonly activation: Activation };

/** A layer in use: weights are named `name/kernel` and so on. */
export type NetworkNode = Operation & {
  readonly name: string;
  /** Names of nodes, or `images` for the network's input. */
  readonly inputs: readonly string[];
};

/** A network as plain data, which every engine builds in its own terms. */
export interface Network {
  readonly id: NetworkId;
  readonly title: string;
  /** Of one example. */
  readonly inputShape: readonly number[];
  /** Examples of a step. */
  readonly batch: number;
  /** Mean squared error against the input, or cross-entropy against labels. */
  readonly loss: 'meanSquaredError' | 'crossentropy';
  /** In an order in which they can be computed; the last one gives the output. */
  readonly nodes: readonly NetworkNode[];
}

export const NETWORK_IDS = ['autoencoder', 'separable', 'resnet20', 'unet', 'table'] as const;
export type NetworkId = (typeof NETWORK_IDS)[number];

const CLASSES = 10;

/** Appends nodes; each method gives the name of what it made. */
class Draft {
  readonly nodes: NetworkNode[] = [];

  add(operation: Operation, ...inputs: string[]): string {
    const count = this.nodes.filter(({ op }) => op === operation.op).length;
    const name = `${operation.op.toLowerCase()}_${count}`;
    this.nodes.push({ ...operation, name, inputs });
    return name;
  }

  convolution(
    x: string,
    filters: number,
    { kernelSize = 3, strides = 1, activation = 'linear' as Activation, useBias = true } = {},
  ): string {
    return this.add({ op: 'convolution', filters, kernelSize, strides, activation, useBias }, x);
  }

  normalized(x: string): string {
    return this.add({ op: 'batchNormalization' }, x);
  }

  relu(x: string): string {
    return this.add({ op: 'relu' }, x);
  }

  /** Global average, then one output a class. */
  classes(x: string): string {
    const features = this.add({ op: 'globalAveragePooling' }, x);
    return this.add({ op: 'dense', units: CLASSES, activation: 'softmax' }, features);
  }
}

/** Blocks of a depthwise and a pointwise convolution, each normalised, as in MobileNet (Howard et al. 2017). */
function separable(): NetworkNode[] {
  const draft = new Draft();
  let x = draft.relu(draft.normalized(draft.convolution('images', 32, { useBias: false })));
  for (const [filters, strides] of [
    [64, 1],
    [128, 2],
    [128, 1],
    [256, 2],
    [256, 1],
  ]) {
    const depthwise = draft.add({ op: 'depthwise', kernelSize: 3, strides, useBias: false }, x);
    const spread = draft.relu(draft.normalized(depthwise));
    const pointwise = draft.convolution(spread, filters, { kernelSize: 1, useBias: false });
    x = draft.relu(draft.normalized(pointwise));
  }
  draft.classes(x);
  return draft.nodes;
}

/** Three stages of three residual blocks, as for CIFAR-10 in He et al. 2015, with projections where sizes change. */
function resnet20(): NetworkNode[] {
  const draft = new Draft();
  let x = draft.relu(draft.normalized(draft.convolution('images', 16, { useBias: false })));
  for (const [stage, filters] of [16, 32, 64].entries()) {
    for (let block = 0; block < 3; block++) {
      const strides = stage > 0 && block === 0 ? 2 : 1;
      const first = draft.normalized(draft.convolution(x, filters, { strides, useBias: false }));
      const second = draft.normalized(draft.convolution(draft.relu(first), filters, { useBias: false }));
      const skip =
        strides === 1 ? x : draft.normalized(draft.convolution(x, filters, { kernelSize: 1, strides, useBias: false }));
      x = draft.relu(draft.add({ op: 'add' }, second, skip));
    }
  }
  draft.classes(x);
  return draft.nodes;
}

/** Two halvings and doublings with skip connections, as in Ronneberger et al. 2015, with `same` padding. */
function unet(): NetworkNode[] {
  const draft = new Draft();
  const twice = (x: string, filters: number) =>
    draft.convolution(draft.convolution(x, filters, { activation: 'relu' }), filters, { activation: 'relu' });
  const large = twice('images', 16);
  const middle = twice(draft.add({ op: 'maxPooling', size: 2 }, large), 32);
  const small = twice(draft.add({ op: 'maxPooling', size: 2 }, middle), 64);
  const joined = (x: string, skip: string) =>
    draft.add({ op: 'concatenate' }, draft.add({ op: 'upSampling', size: 2 }, x), skip);
  const up = twice(joined(small, middle), 32);
  draft.convolution(twice(joined(up, large), 16), 1, { kernelSize: 1, activation: 'sigmoid' });
  return draft.nodes;
}

/** Three hidden layers on 64 columns. */
function table(): NetworkNode[] {
  const draft = new Draft();
  let x = 'images';
  for (const units of [256, 256, 128]) x = draft.add({ op: 'dense', units, activation: 'relu' }, x);
  draft.add({ op: 'dense', units: CLASSES, activation: 'softmax' }, x);
  return draft.nodes;
}

/** The CAE of `@weft/models`, so that the comparison is of what Weft ships. */
function autoencoder(): NetworkNode[] {
  const { model } = convAutoencoder();
  let last = 'images';
  return model.config().layers.map(({ type, config }): NetworkNode => {
    const { name, filters, kernelSize, activation, poolSize, size } = config as Record<string, never>;
    const place = { name: name as string, inputs: [last] };
    last = place.name;
    if (type === 'MaxPooling2D') return { op: 'maxPooling', size: poolSize[0], ...place };
    if (type === 'UpSampling2D') return { op: 'upSampling', size: size[0], ...place };
    return { op: 'convolution', filters, kernelSize: kernelSize[0], strides: 1, activation, useBias: true, ...place };
  });
}

const NETWORKS: Readonly<Record<NetworkId, () => Omit<Network, 'id'>>> = {
  autoencoder: () => ({
    title: 'the CAE on 28x28x1',
    inputShape: [28, 28, 1],
    batch: 256,
    loss: 'meanSquaredError',
    nodes: autoencoder(),
  }),
  separable: () => ({
    title: 'a depthwise separable network on 32x32x3',
    inputShape: [32, 32, 3],
    batch: 64,
    loss: 'crossentropy',
    nodes: separable(),
  }),
  resnet20: () => ({
    title: 'ResNet-20 on 32x32x3',
    inputShape: [32, 32, 3],
    batch: 64,
    loss: 'crossentropy',
    nodes: resnet20(),
  }),
  unet: () => ({
    title: 'a U-Net on 64x64x1',
    inputShape: [64, 64, 1],
    batch: 32,
    loss: 'meanSquaredError',
    nodes: unet(),
  }),
  table: () => ({
    title: 'dense layers on a table of 64 columns',
    inputShape: [64],
    batch: 256,
    loss: 'crossentropy',
    nodes: table(),
  }),
};

/** A network by name. */
export function networkOf(id: NetworkId): Network {
  return { id, ...NETWORKS[id]() };
}

/** Labels for a batch: what the network is to tell apart does not matter for its speed. */
export function labelsOf(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => (index * 7) % CLASSES);
}
