"""A network in ONNX Runtime, forward only. Run by `pnpm bench:peers`."""

import numpy as np
import onnxruntime

from serve import serve


class Engine:
    def __init__(self, job, images):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = job["threads"]
        options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        self.session = onnxruntime.InferenceSession(job["onnx"], options, providers=["CPUExecutionProvider"])
        # The ONNX file has channels first.
        self.images = np.ascontiguousarray(np.moveaxis(images, -1, 1))
        self.version = onnxruntime.__version__

    def forward(self):
        output = self.session.run(None, {"images": self.images})[0]
        return np.moveaxis(output, 1, -1) if output.ndim == 4 else output


serve(lambda job, weights, images, targets: Engine(job, images))
