import type { ModelWeight } from '@weft/nn';
import type { Network, NetworkNode } from './networks.js';
import { bytes, type Field, integer, message } from './protobuf.js';

/** Version 8 of the format (ONNX 1.13) and 13 of its operators: what every runtime of the last years reads. */
const FORMAT_VERSION = 8;
const OPERATOR_VERSION = 13;

/** Numbers of attribute types and element types, as `onnx.proto` has them. */
const ATTRIBUTE = { float: 1, integer: 2, text: 3, integers: 7 } as const;
const FLOAT32 = 1;

const ACTIVATIONS = { relu: 'Relu', sigmoid: 'Sigmoid', softmax: 'Softmax' } as const;

/** That of Weft's and Keras's batch normalisation. */
const EPSILON = 1e-3;

/** Collects the parts of a graph. */
class Graph {
  readonly nodes: Field[] = [];
  readonly initializers: Field[] = [];

  constructor(private readonly weights: readonly ModelWeight[]) {}

  tensor(name: string, shape: readonly number[], data: Float32Array): string {
    this.initializers.push(bytes(5, tensor(name, shape, data)));
    return name;
  }

  /** A weight by its path; undefined if there is none. */
  weight(path: string): ModelWeight | undefined {
    return this.weights.find((weight) => weight.path === path);
  }

  /** The names of the weights that there are, as they are. */
  given(...paths: readonly string[]): string[] {
    const found = paths.flatMap((path) => this.weight(path) ?? []);
    return found.map(({ path, shape, data }) => this.tensor(path, shape, data));
  }

  node(operator: string, inputs: readonly string[], output: string, attributes: readonly Field[] = []): void {
    const names = inputs.map((input) => bytes(1, input));
    this.nodes.push(bytes(1, [...names, bytes(2, output), bytes(4, operator), ...attributes]));
  }
}

/**
 * A network as an ONNX file, with channels first as ONNX has them. The input is `images` and the output `output`.
 *
 * @param weights those of the network in Weft
 * @see onnx.proto and docs/Operators.md of the ONNX project
 */
export function onnxModel(network: Network, weights: readonly ModelWeight[], batch: number): Uint8Array<ArrayBuffer> {
  const graph = new Graph(weights);
  for (const node of network.nodes) addNode(graph, node);
  const last = network.nodes.at(-1)?.name ?? 'images';
  graph.node('Identity', [last], 'output');
  const shape = [batch, ...network.inputShape.slice(-1), ...network.inputShape.slice(0, -1)];
  return message([
    integer(1, FORMAT_VERSION),
    bytes(2, 'weft'),
    bytes(7, [
      ...graph.nodes,
      bytes(2, network.id),
      ...graph.initializers,
      bytes(11, valueInfo('images', shape)),
      bytes(12, valueInfo('output')),
    ]),
    bytes(8, [integer(2, OPERATOR_VERSION)]),
  ]);
}

function addNode(graph: Graph, node: NetworkNode): void {
  const { name, inputs } = node;
  switch (node.op) {
    case 'convolution':
    case 'depthwise':
      addConvolution(graph, node);
      break;
    case 'dense':
      addActivated(graph, node, (output) => {
        graph.node('Gemm', [inputs[0], ...graph.given(`${name}/kernel`, `${name}/bias`)], output);
      });
      break;
    case 'batchNormalization': {
      const values = graph.given(...['gamma', 'beta', 'movingMean', 'movingVariance'].map((each) => `${name}/${each}`));
      graph.node('BatchNormalization', [...inputs, ...values], name, [float('epsilon', EPSILON)]);
      break;
    }
    case 'maxPooling': {
      const size = [node.size, node.size];
      graph.node('MaxPool', inputs, name, [integers('kernel_shape', size), integers('strides', size)]);
      break;
    }
    case 'upSampling': {
      const scales = graph.tensor(`${name}/scales`, [4], Float32Array.of(1, 1, node.size, node.size));
      const mode = [text('mode', 'nearest'), text('nearest_mode', 'floor')];
      const attributes = [...mode, text('coordinate_transformation_mode', 'asymmetric')];
      graph.node('Resize', [inputs[0], '', scales], name, attributes);
      break;
    }
    case 'concatenate':
      graph.node('Concat', inputs, name, [whole('axis', 1)]);
      break;
    case 'globalAveragePooling':
      graph.node('GlobalAveragePool', inputs, `${name}/pooled`);
      graph.node('Flatten', [`${name}/pooled`], name);
      break;
    case 'relu':
      graph.node('Relu', inputs, name);
      break;
    case 'add':
      graph.node('Add', inputs, name);
  }
}

function addConvolution(graph: Graph, node: NetworkNode & { readonly op: 'convolution' | 'depthwise' }): void {
  const { name, inputs, kernelSize, strides } = node;
  const { shape, data } = graph.weight(`${name}/kernel`) as ModelWeight;
  const [height, width, channels, outputs] = shape;
  // A depthwise kernel [height, width, channels, 1] has the channels as its filters, each with one input.
  const [filters, taken] = node.op === 'depthwise' ? [channels * outputs, 1] : [outputs, channels];
  const kernel = filtersFirst([height, width, taken, filters], data);
  const operands = [inputs[0], graph.tensor(`${name}/kernel`, [filters, taken, height, width], kernel)];
  const attributes = [
    integers('kernel_shape', [kernelSize, kernelSize]),
    integers('strides', [strides, strides]),
    text('auto_pad', 'SAME_UPPER'),
    whole('group', node.op === 'depthwise' ? channels : 1),
  ];
  addActivated(graph, node, (output) => {
    graph.node('Conv', [...operands, ...graph.given(`${name}/bias`)], output, attributes);
  });
}

/** Adds what gives a node's value before its activation, and the activation. */
function addActivated(graph: Graph, node: NetworkNode, add: (output: string) => void): void {
  const { name } = node;
  const activation = 'activation' in node ? node.activation : 'linear';
  const before = activation === 'linear' ? name : `${name}/linear`;
  add(before);
  if (activation !== 'linear') graph.node(ACTIVATIONS[activation], [before], name);
}

/** [height, width, channels, filters] to [filters, channels, height, width]. */
function filtersFirst([height, width, channels, filters]: readonly number[], data: Float32Array): Float32Array {
  const result = new Float32Array(data.length);
  const pixels = height * width;
  for (let index = 0; index < data.length; index++) {
    const filter = index % filters;
    const channel = Math.floor(index / filters) % channels;
    const pixel = Math.floor(index / (filters * channels));
    result[(filter * channels + channel) * pixels + pixel] = data[index];
  }
  return result;
}

function tensor(name: string, shape: readonly number[], data: Float32Array): Field[] {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return [...shape.map((length) => integer(1, length)), integer(2, FLOAT32), bytes(8, name), bytes(9, raw)];
}

/** @param shape left to be inferred if there is none */
function valueInfo(name: string, shape?: readonly number[]): Field[] {
  const dimensions = shape?.map((length) => bytes(1, [integer(1, length)]));
  return [bytes(1, name), bytes(2, [bytes(1, [integer(1, FLOAT32), ...(dimensions ? [bytes(2, dimensions)] : [])])])];
}

function integers(name: string, values: readonly number[]): Field {
  return bytes(5, [bytes(1, name), ...values.map((value) => integer(8, value)), integer(20, ATTRIBUTE.integers)]);
}

function whole(name: string, value: number): Field {
  return bytes(5, [bytes(1, name), integer(3, value), integer(20, ATTRIBUTE.integer)]);
}

/** Field 2 of an attribute is a float of four bytes: wire type 5. */
function float(name: string, value: number): Field {
  const number = [2 * 8 + 5, ...new Uint8Array(Float32Array.of(value).buffer)];
  return bytes(5, [bytes(1, name), number, integer(20, ATTRIBUTE.float)]);
}

function text(name: string, value: string): Field {
  return bytes(5, [bytes(1, name), bytes(4, value), integer(20, ATTRIBUTE.text)]);
}
