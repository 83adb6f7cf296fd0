import { type Block, Conv2D, MaxPooling2D, type ModelWeight, type Sequential, UpSampling2D } from '@weft/nn';
import { bytes, type Field, integer, message } from './protobuf.js';

/** Version 8 of the format (ONNX 1.13) and 13 of its operators: what every runtime of the last years reads. */
const FORMAT_VERSION = 8;
const OPERATOR_VERSION = 13;

/** Numbers of attribute types and element types, as `onnx.proto` has them. */
const ATTRIBUTE = { integers: 7, text: 3 } as const;
const FLOAT32 = 1;

const ACTIVATIONS: Readonly<Record<string, string | undefined>> = { relu: 'Relu', sigmoid: 'Sigmoid', tanh: 'Tanh' };

/**
 * A model of 3x3 convolutions, poolings and upsamplings as an ONNX file.
 *
 * The input is `images` [batch, channels, height, width] and the output `output`, with channels first as ONNX has
 * them: for one channel that is the same memory as Weft's channels last.
 *
 * @throws RangeError for a layer or an option that the writer does not know
 * @see onnx.proto and docs/Operators.md of the ONNX project
 */
export function onnxModel(model: Sequential, batch: number): Uint8Array<ArrayBuffer> {
  const nodes: Field[] = [];
  const initializers: Field[] = [];
  const weights = new Map(model.weights.map((weight) => [weight.path, weight]));
  const addTensor = (name: string, shape: readonly number[], data: Float32Array): string => {
    initializers.push(bytes(5, tensor(name, shape, data)));
    return name;
  };
  let last = 'images';
  const addNode = (operator: string, inputs: readonly string[], attributes: readonly Field[] = []) => {
    const result = `value${nodes.length}`;
    const names = inputs.map((input) => bytes(1, input));
    nodes.push(bytes(1, [...names, bytes(2, result), bytes(4, operator), ...attributes]));
    last = result;
  };
  for (const layer of model.layers) {
    if (layer instanceof Conv2D) {
      if (layer.padding !== 'same' || [...layer.strides, ...layer.dilationRate].some((length) => length !== 1)) {
        throw unknown(layer, "padding 'same', strides 1 and no dilation");
      }
      const { shape, data } = weights.get(`${layer.name}/kernel`) as ModelWeight;
      const [height, width, channels, filters] = shape;
      const kernel = addTensor(`${layer.name}/kernel`, [filters, channels, height, width], filtersFirst(shape, data));
      const bias = weights.get(`${layer.name}/bias`);
      const inputs = [last, kernel, ...(bias ? [addTensor(bias.path, bias.shape, bias.data)] : [])];
      addNode('Conv', inputs, [integers('kernel_shape', [height, width]), text('auto_pad', 'SAME_UPPER')]);
      if (layer.activation !== 'linear') {
        const operator = ACTIVATIONS[layer.activation];
        if (operator === undefined) throw unknown(layer, `an activation of ${Object.keys(ACTIVATIONS).join(', ')}`);
        addNode(operator, [last]);
      }
    } else if (layer instanceof MaxPooling2D) {
      if (layer.padding !== 'valid') throw unknown(layer, "padding 'valid'");
      addNode(
        'MaxPool',
        [last],
        [integers('kernel_shape', layer.poolSize), integers('strides', layer.strides ?? layer.poolSize)],
      );
    } else if (layer instanceof UpSampling2D) {
      if (layer.interpolation !== 'nearest') throw unknown(layer, "interpolation 'nearest'");
      const scales = addTensor(`${layer.name}/scales`, [4], Float32Array.of(1, 1, ...layer.size));
      addNode(
        'Resize',
        [last, '', scales],
        [text('mode', 'nearest'), text('coordinate_transformation_mode', 'asymmetric'), text('nearest_mode', 'floor')],
      );
    } else {
      throw unknown(layer, 'Conv2D, MaxPooling2D or UpSampling2D');
    }
  }
  const first = ([height, width, channels]: readonly number[]) => [batch, channels, height, width];
  nodes.push(bytes(1, [bytes(1, last), bytes(2, 'output'), bytes(4, 'Identity')]));
  const graph = [
    ...nodes,
    bytes(2, model.name),
    ...initializers,
    bytes(11, valueInfo('images', first(model.inputShape))),
    bytes(12, valueInfo('output', first(model.outputShape))),
  ];
  return message([
    integer(1, FORMAT_VERSION),
    bytes(2, 'weft'),
    bytes(7, graph),
    bytes(8, [integer(2, OPERATOR_VERSION)]),
  ]);
}

function unknown(layer: Block, expected: string): RangeError {
  return new RangeError(`onnxModel: cannot write ${layer.type} '${layer.name}'; expected ${expected}.`);
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

function valueInfo(name: string, shape: readonly number[]): Field[] {
  const dimensions = shape.map((length) => bytes(1, [integer(1, length)]));
  return [bytes(1, name), bytes(2, [bytes(1, [integer(1, FLOAT32), bytes(2, dimensions)])])];
}

function integers(name: string, values: readonly number[]): Field {
  return bytes(5, [bytes(1, name), ...values.map((value) => integer(8, value)), integer(20, ATTRIBUTE.integers)]);
}

function text(name: string, value: string): Field {
  return bytes(5, [bytes(1, name), bytes(4, value), integer(20, ATTRIBUTE.text)]);
}
