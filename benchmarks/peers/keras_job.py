"""What `weft train` does, with Keras, SciPy, scikit-learn and matplotlib. Run by scripts/whole-job.js.

Usage: keras_job.py '{"data": FOLDER, "out": FOLDER, "epochs": 20, "limit": null, "seed": 1, "threads": 2}'
"""

import gzip
import json
import os
import resource
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from scipy import ndimage, stats
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score
from sklearn.neighbors import NearestNeighbors

BATCH, NOISE, HELD_OUT, SAMPLE, NEIGHBOURS = 256, 0.4, 0.2, 1000, 10


def read(folder, name, header):
    with gzip.open(os.path.join(folder, f"{name}-ubyte.gz")) as file:
        return np.frombuffer(file.read(), dtype=np.uint8, offset=header)


def images_and_labels(folder, part, limit):
    images = read(folder, f"{part}-images-idx3", 16).reshape(-1, 28, 28, 1)[:limit]
    return images.astype(np.float32) / 255, read(folder, f"{part}-labels-idx1", 8)[:limit]


def autoencoder():
    convolution = lambda name, filters, activation="relu": layers.Conv2D(
        filters, 3, padding="same", activation=activation, name=name
    )
    pixels = keras.Input((28, 28, 1))
    x = layers.MaxPooling2D(2)(convolution("enc_conv1", 32)(pixels))
    latent = layers.MaxPooling2D(2)(convolution("enc_conv2", 64)(x))
    x = layers.UpSampling2D(2)(convolution("dec_conv1", 64)(latent))
    x = layers.UpSampling2D(2)(convolution("dec_conv2", 32)(x))
    return keras.Model(pixels, convolution("output_image", 1, "sigmoid")(x)), keras.Model(pixels, latent)


def trained(name, inputs, targets, job):
    model, encoder = autoencoder()
    model.compile(optimizer=keras.optimizers.Adam(0.001), loss="mean_squared_error")
    log = keras.callbacks.CSVLogger(os.path.join(job["out"], f"{name}.csv"))
    options = {"epochs": job["epochs"], "batch_size": BATCH, "validation_split": HELD_OUT, "verbose": 0}
    history = model.fit(inputs, targets, callbacks=[log], **options).history
    model.save(os.path.join(job["out"], f"{name}.keras"))
    return model, encoder, history


def compared(target, found):
    """Error, PSNR and SSIM (Gaussian windows of 11 pixels) of each image."""
    errors = np.mean((target - found) ** 2, axis=(1, 2, 3))
    smooth = lambda x: ndimage.gaussian_filter(x.astype(np.float64), (0, 1.5, 1.5, 0), truncate=3.5)
    mean_a, mean_b = smooth(target), smooth(found)
    covariance = smooth(target * found) - mean_a * mean_b
    variances = smooth(target * target) - mean_a**2 + smooth(found * found) - mean_b**2
    similarity = (2 * mean_a * mean_b + 0.0001) * (2 * covariance + 0.0009)
    similarity /= (mean_a**2 + mean_b**2 + 0.0001) * (variances + 0.0009)
    return errors, -10 * np.log10(errors), similarity[:, 5:-5, 5:-5].mean(axis=(1, 2, 3))


def summary(target, found):
    errors, psnr, ssim = compared(target, found)
    numbers = {"mean": errors.mean(), "median": np.median(errors), "p95": np.quantile(errors, 0.95)}
    numbers |= {"max": errors.max(), "deviation": errors.std(ddof=1), "skewness": stats.skew(errors)}
    return errors, {key: float(value) for key, value in (numbers | {"psnr": psnr.mean(), "ssim": ssim.mean()}).items()}


def latent_numbers(latents, labels):
    pca = PCA(2)
    scores = pca.fit_transform(latents)
    sample, classes = latents[:SAMPLE], labels[:SAMPLE]
    nearest = NearestNeighbors(n_neighbors=NEIGHBOURS + 1).fit(sample).kneighbors(sample, return_distance=False)
    purity = np.mean(classes[nearest[:, 1:]] == classes[:, None])
    return scores, {"purity": float(purity), "silhouette": float(silhouette_score(sample, classes))}


def save(figure, number, job):
    for kind in ("svg", "png"):
        figure.savefig(os.path.join(job["out"], f"figure-{number}.{kind}"))
    plt.close(figure)


def grid(rows, number, job):
    figure, axes = plt.subplots(len(rows), len(rows[0]), figsize=(12, 1.6 * len(rows)), squeeze=False)
    for line, images in zip(axes, rows):
        for axis, image in zip(line, images):
            axis.imshow(image[:, :, 0], cmap="magma")
            axis.axis("off")
    save(figure, number, job)


def curves(history, number, job):
    figure, axis = plt.subplots(figsize=(9, 6))
    for name, values in history.items():
        axis.plot(values, label=name)
    axis.legend()
    save(figure, number, job)


def histogram(errors, number, job, with_density):
    figure, axis = plt.subplots(figsize=(9, 6))
    axis.hist(errors, bins=30, density=with_density)
    if with_density:
        points = np.linspace(errors.min(), errors.max(), 512)
        axis.plot(points, stats.gaussian_kde(errors)(points))
    save(figure, number, job)


def main(job):
    keras.utils.set_random_seed(job["seed"])
    tf.config.threading.set_intra_op_parallelism_threads(job["threads"])
    tf.config.threading.set_inter_op_parallelism_threads(1)
    train, _ = images_and_labels(job["data"], "train", job["limit"])
    test, labels = images_and_labels(job["data"], "t10k", job["limit"])
    draw = np.random.default_rng(job["seed"])
    noisy = lambda x: np.clip(x + NOISE * draw.standard_normal(x.shape, dtype=np.float32), 0, 1)

    cae, encoder, cae_history = trained("cae", train, train, job)
    cdae, _, cdae_history = trained("cdae", noisy(train), train, job)
    scores, numbers = latent_numbers(encoder.predict(test, verbose=0).reshape(len(test), -1), labels)
    rebuilt, noisy_test = cae.predict(test, verbose=0), noisy(test)
    denoised = cdae.predict(noisy_test, verbose=0)
    cae_errors, cae_numbers = summary(test, rebuilt)
    cdae_errors, cdae_numbers = summary(test, denoised)

    grid([train[:6], train[6:12]], 1, job)
    curves(cae_history, 2, job)
    grid([test[:10], rebuilt[:10]], 3, job)
    histogram(cae_errors, 4, job, False)
    figure, axis = plt.subplots(figsize=(9, 7))
    axis.scatter(scores[:, 0], scores[:, 1], c=labels, cmap="tab10", s=4)
    save(figure, 5, job)
    grid([noisy_test[:10], test[:10], denoised[:10]], 6, job)
    curves(cdae_history, 7, job)
    histogram(cdae_errors, 8, job, True)

    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    result = {"memory": memory, "cae": cae_numbers, "cdae": cdae_numbers, "latents": numbers}
    with open(os.path.join(job["out"], "run.json"), "w") as file:
        json.dump(result, file)


main(json.loads(sys.argv[1]))
