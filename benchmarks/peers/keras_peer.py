"""A network in Keras on TensorFlow. Run by `pnpm bench:peers`."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# Other devices than the CPU are not what is compared.
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras
import tensorflow as tf
from keras import layers

from network import build
from serve import fastest, serve

WEIGHTS = {
    "convolution": ["kernel", "bias"],
    "depthwise": ["kernel", "bias"],
    "dense": ["kernel", "bias"],
    "batchNormalization": ["gamma", "beta", "movingMean", "movingVariance"],
}


def layer_of(node):
    name, op = node["name"], node["op"]
    if op == "convolution":
        same = {"padding": "same", "use_bias": node["useBias"], "activation": node["activation"]}
        return layers.Conv2D(node["filters"], node["kernelSize"], strides=node["strides"], name=name, **same)
    if op == "depthwise":
        same = {"padding": "same", "use_bias": node["useBias"]}
        return layers.DepthwiseConv2D(node["kernelSize"], strides=node["strides"], name=name, **same)
    if op == "dense":
        return layers.Dense(node["units"], activation=node["activation"], name=name)
    if op == "maxPooling":
        return layers.MaxPooling2D(node["size"], name=name)
    if op == "upSampling":
        return layers.UpSampling2D(node["size"], name=name)
    if op == "relu":
        return layers.ReLU(name=name)
    return {
        "batchNormalization": layers.BatchNormalization,
        "globalAveragePooling": layers.GlobalAveragePooling2D,
        "add": layers.Add,
        "concatenate": layers.Concatenate,
    }[op](name=name)


class Engine:
    def __init__(self, job, weights, images, targets, jit_compile):
        network = job["network"]
        inputs = keras.Input(images.shape[1:])
        outputs = build(network, inputs, lambda node, x: layer_of(node)(x if len(x) > 1 else x[0]))
        self.model = keras.Model(inputs, outputs)
        for node in network["nodes"]:
            names = [f"{node['name']}/{weight}" for weight in WEIGHTS.get(node["op"], [])]
            values = [weights[name] for name in names if name in weights]
            if values:
                self.model.get_layer(node["name"]).set_weights(values)
        adam = keras.optimizers.Adam(learning_rate=0.001, epsilon=1e-7)
        losses = {"meanSquaredError": "mean_squared_error", "crossentropy": "sparse_categorical_crossentropy"}
        self.model.compile(optimizer=adam, loss=losses[network["loss"]], jit_compile=jit_compile)
        self.images = tf.constant(images)
        self.targets = self.images if targets is None else tf.constant(targets.astype("int32"))
        compiler = "XLA" if jit_compile else "oneDNN"
        self.version = f"{keras.__version__}, TensorFlow {tf.__version__}, {compiler}"

    def forward(self):
        return self.model.predict_on_batch(self.images)

    def step(self):
        return self.model.train_on_batch(self.images, self.targets)

    def losses(self, count):
        found = []
        for _ in range(count):
            # Keras reports the mean since the last reset.
            self.model.reset_metrics()
            logs = self.model.train_on_batch(self.images, self.targets, return_dict=True)
            found.append(float(logs["loss"]))
        return found


def start(job, weights, images, targets):
    tf.config.threading.set_intra_op_parallelism_threads(job["threads"])
    tf.config.threading.set_inter_op_parallelism_threads(1)
    return fastest([lambda jit=jit: Engine(job, weights, images, targets, jit) for jit in (False, True)])


serve(start)
