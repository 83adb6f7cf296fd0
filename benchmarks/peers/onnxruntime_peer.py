"""The autoencoder in ONNX Runtime, forward only. Run by `pnpm bench:peers`."""

import onnxruntime

from serve import serve


class Engine:
    def __init__(self, job, images):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = job["threads"]
        options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        self.session = onnxruntime.InferenceSession(job["onnx"], options, providers=["CPUExecutionProvider"])
        batch, height, width, channels = images.shape
        # The ONNX file has channels first; for images of one channel the memory is the same.
        self.images = images.reshape(batch, channels, height, width)
        self.version = onnxruntime.__version__

    def forward(self):
        return self.session.run(None, {"images": self.images})[0]


serve(lambda job, weights, images: Engine(job, images))
