import {
  Activation,
  Add,
  type BaseLayer,
  BatchNormalization,
  Concatenate,
  Conv2D,
  Dense,
  DepthwiseConv2D,
  GlobalAveragePooling2D,
  input,
  MaxPooling2D,
  Model,
  type SymbolicTensor,
  UpSampling2D,
} from '@weft/nn';
import type { Network, NetworkNode } from './networks.js';

/** A network in Weft. */
export function weftModel({ nodes, inputShape }: Network): Model {
  const images = input({ shape: inputShape, name: 'images' });
  const values = new Map<string, SymbolicTensor>([['images', images]]);
  let last = images;
  for (const node of nodes) {
    const [first, ...others] = node.inputs.map((name) => values.get(name) as SymbolicTensor);
    last = others.length > 0 ? merge(node).apply([first, ...others]) : layer(node).apply(first);
    values.set(node.name, last);
  }
  return new Model({ inputs: images, outputs: last, seed: 42 });
}

function merge({ op, name }: NetworkNode): Add | Concatenate {
  return op === 'add' ? new Add({ name }) : new Concatenate({ name });
}

function layer(node: NetworkNode): BaseLayer {
  const { name } = node;
  switch (node.op) {
    case 'convolution': {
      const { filters, kernelSize, strides, activation, useBias } = node;
      return new Conv2D({ name, filters, kernelSize, strides, activation, useBias, padding: 'same' });
    }
    case 'depthwise': {
      const { kernelSize, strides, useBias } = node;
      return new DepthwiseConv2D({ name, kernelSize, strides, useBias, padding: 'same' });
    }
    case 'batchNormalization':
      return new BatchNormalization({ name });
    case 'relu':
      return new Activation({ name, activation: 'relu' });
    case 'maxPooling':
      return new MaxPooling2D({ name, poolSize: node.size });
    case 'upSampling':
      return new UpSampling2D({ name, size: node.size });
    case 'globalAveragePooling':
      return new GlobalAveragePooling2D({ name });
    case 'dense':
      return new Dense({ name, units: node.units, activation: node.activation });
    default:
      throw new RangeError(`${node.op} '${name}' takes several inputs.`);
  }
}
