import { list, type Message, one } from '../protobuf/message.js';

// The part of ONNX's schema that Weft reads and writes. Numbers and names are those of the standard, in camel case:
// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto

/** A model: a graph, and which versions of the standard it follows. */
export interface ModelProto {
  readonly irVersion?: number | undefined;
  readonly producerName?: string | undefined;
  readonly producerVersion?: string | undefined;
  readonly docString?: string | undefined;
  readonly graph?: GraphProto | undefined;
  readonly opsetImport: readonly OperatorSet[];
  readonly metadataProps: readonly StringPair[];
  readonly functions: readonly object[];
}

/** A set of operators; the empty domain is the standard's own. */
export interface OperatorSet {
  readonly domain?: string | undefined;
  readonly version?: number | undefined;
}

/** A text by name. */
export interface StringPair {
  readonly key?: string | undefined;
  readonly value?: string | undefined;
}

/** Nodes in an order in which they can be computed, and the tensors that stand in the file. */
export interface GraphProto {
  readonly node: readonly NodeProto[];
  readonly name?: string | undefined;
  readonly initializer: readonly TensorProto[];
  readonly sparseInitializer: readonly object[];
  readonly docString?: string | undefined;
  readonly input: readonly ValueInfo[];
  readonly output: readonly ValueInfo[];
}

/** One use of an operator. Values are known by name; an empty name is an input that is left out. */
export interface NodeProto {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name?: string | undefined;
  readonly opType?: string | undefined;
  readonly domain?: string | undefined;
  readonly attribute: readonly AttributeProto[];
}

/** An attribute of a node; `type` says which of its fields it is. */
export interface AttributeProto {
  readonly name?: string | undefined;
  readonly f?: number | undefined;
  readonly i?: number | undefined;
  readonly s?: Uint8Array | undefined;
  readonly t?: TensorProto | undefined;
  readonly g?: object | undefined;
  readonly floats: readonly number[];
  readonly ints: readonly number[];
  readonly strings: readonly Uint8Array[];
  readonly type?: number | undefined;
}

/** A tensor with its values. */
export interface TensorProto {
  readonly dims: readonly number[];
  readonly dataType?: number | undefined;
  readonly floatData: readonly number[];
  readonly int32Data: readonly number[];
  readonly int64Data: readonly number[];
  readonly name?: string | undefined;
  readonly rawData?: Uint8Array | undefined;
  readonly doubleData: readonly number[];
  readonly uint64Data: readonly number[];
  readonly externalData: readonly StringPair[];
  readonly dataLocation?: number | undefined;
}

/** What an input or an output of a graph is. */
export interface ValueInfo {
  readonly name?: string | undefined;
  readonly type?: TypeProto | undefined;
}

/** A type; Weft knows tensors alone. */
export interface TypeProto {
  readonly tensorType?: TensorType | undefined;
}

/** The type of a tensor. */
export interface TensorType {
  readonly elemType?: number | undefined;
  readonly shape?: TensorShape | undefined;
}

/** The lengths of a tensor's axes. */
export interface TensorShape {
  readonly dim: readonly Dimension[];
}

/** A length: a number, or the name of one that is not known. */
export interface Dimension {
  readonly value?: number | undefined;
  readonly parameter?: string | undefined;
}

/** A message of which nothing is read but that it is there. */
const opaque: Message<object> = { name: 'message', fields: {} };

const stringPair: Message<StringPair> = {
  name: 'StringStringEntryProto',
  fields: { key: one(1, 'string'), value: one(2, 'string') },
};

const tensorMessage: Message<TensorProto> = {
  name: 'TensorProto',
  fields: {
    dims: list(1, 'int64'),
    dataType: one(2, 'int32'),
    floatData: list(4, 'float'),
    int32Data: list(5, 'int32'),
    int64Data: list(7, 'int64'),
    name: one(8, 'string'),
    rawData: one(9, 'bytes'),
    doubleData: list(10, 'double'),
    uint64Data: list(11, 'uint64'),
    externalData: list(13, () => stringPair),
    dataLocation: one(14, 'int32'),
  },
};

const attributeMessage: Message<AttributeProto> = {
  name: 'AttributeProto',
  fields: {
    name: one(1, 'string'),
    f: one(2, 'float'),
    i: one(3, 'int64'),
    s: one(4, 'bytes'),
    t: one(5, () => tensorMessage),
    g: one(6, () => opaque),
    floats: list(7, 'float'),
    ints: list(8, 'int64'),
    strings: list(9, 'bytes'),
    type: one(20, 'int32'),
  },
};

const nodeMessage: Message<NodeProto> = {
  name: 'NodeProto',
  fields: {
    input: list(1, 'string'),
    output: list(2, 'string'),
    name: one(3, 'string'),
    opType: one(4, 'string'),
    attribute: list(5, () => attributeMessage),
    domain: one(7, 'string'),
  },
};

const dimension: Message<Dimension> = {
  name: 'TensorShapeProto.Dimension',
  fields: { value: one(1, 'int64'), parameter: one(2, 'string') },
};
const shapeMessage: Message<TensorShape> = { name: 'TensorShapeProto', fields: { dim: list(1, () => dimension) } };
const tensorType: Message<TensorType> = {
  name: 'TypeProto.Tensor',
  fields: { elemType: one(1, 'int32'), shape: one(2, () => shapeMessage) },
};
const typeMessage: Message<TypeProto> = { name: 'TypeProto', fields: { tensorType: one(1, () => tensorType) } };
const valueInfo: Message<ValueInfo> = {
  name: 'ValueInfoProto',
  fields: { name: one(1, 'string'), type: one(2, () => typeMessage) },
};

const graphMessage: Message<GraphProto> = {
  name: 'GraphProto',
  fields: {
    node: list(1, () => nodeMessage),
    name: one(2, 'string'),
    initializer: list(5, () => tensorMessage),
    docString: one(10, 'string'),
    input: list(11, () => valueInfo),
    output: list(12, () => valueInfo),
    sparseInitializer: list(15, () => opaque),
  },
};

const operatorSet: Message<OperatorSet> = {
  name: 'OperatorSetIdProto',
  fields: { domain: one(1, 'string'), version: one(2, 'int64') },
};

/** A file of ONNX is one such message. */
export const modelMessage: Message<ModelProto> = {
  name: 'ModelProto',
  fields: {
    irVersion: one(1, 'int64'),
    producerName: one(2, 'string'),
    producerVersion: one(3, 'string'),
    docString: one(6, 'string'),
    graph: one(7, () => graphMessage),
    opsetImport: list(8, () => operatorSet),
    metadataProps: list(14, () => stringPair),
    functions: list(25, () => opaque),
  },
};

/** Kinds of elements, by the standard's numbers. */
export const ELEMENTS = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9, uint32: 12 } as const;
