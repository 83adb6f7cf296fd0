"""The autoencoder in Keras on TensorFlow. Run by `pnpm bench:peers`."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# Other devices than the CPU are not what is compared.
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras
import tensorflow as tf
from keras import layers

from serve import fastest, serve


class Engine:
    def __init__(self, weights, images, jit_compile):
        convolution = lambda name, filters, activation="relu": layers.Conv2D(
            filters, 3, padding="same", activation=activation, name=name
        )
        self.model = keras.Sequential(
            [
                keras.Input(images.shape[1:]),
                convolution("enc_conv1", 32),
                layers.MaxPooling2D(2),
                convolution("enc_conv2", 64),
                layers.MaxPooling2D(2),
                convolution("dec_conv1", 64),
                layers.UpSampling2D(2),
                convolution("dec_conv2", 32),
                layers.UpSampling2D(2),
                convolution("output_image", images.shape[-1], "sigmoid"),
            ]
        )
        for layer in self.model.layers:
            if layer.weights:
                layer.set_weights([weights[f"{layer.name}/kernel"], weights[f"{layer.name}/bias"]])
        adam = keras.optimizers.Adam(learning_rate=0.001, epsilon=1e-7)
        self.model.compile(optimizer=adam, loss="mean_squared_error", jit_compile=jit_compile)
        self.images = tf.constant(images)
        compiler = "XLA" if jit_compile else "oneDNN"
        self.version = f"{keras.__version__}, TensorFlow {tf.__version__}, {compiler}"

    def forward(self):
        return self.model.predict_on_batch(self.images)

    def step(self):
        return self.model.train_on_batch(self.images, self.images)

    def losses(self, count):
        found = []
        for _ in range(count):
            # Keras reports the mean since the last reset.
            self.model.reset_metrics()
            logs = self.model.train_on_batch(self.images, self.images, return_dict=True)
            found.append(float(logs["loss"]))
        return found


def start(job, weights, images):
    tf.config.threading.set_intra_op_parallelism_threads(job["threads"])
    tf.config.threading.set_inter_op_parallelism_threads(1)
    return fastest([lambda: Engine(weights, images, False), lambda: Engine(weights, images, True)])


serve(start)
