"""A network in PyTorch. Run by `pnpm bench:peers`."""

import torch
from torch import nn
from torch.nn import functional

from network import build
from serve import fastest, serve

ACTIVATIONS = {"linear": lambda x: x, "relu": torch.relu, "sigmoid": torch.sigmoid}


def same_padding(x, size, strides):
    """Zeros as TensorFlow's `same` puts them: one more at the end where they are odd."""
    amounts = []
    for length in (x.shape[3], x.shape[2]):
        total = max((-(-length // strides) - 1) * strides + size - length, 0)
        amounts += [total // 2, total - total // 2]
    return functional.pad(x, amounts)


class Convolution(nn.Module):
    def __init__(self, node, channels, depthwise):
        super().__init__()
        self.size, self.strides = node["kernelSize"], node["strides"]
        self.filters = channels if depthwise else node["filters"]
        self.conv = nn.Conv2d(
            channels,
            self.filters,
            self.size,
            stride=self.strides,
            padding=self.size // 2 if self.strides == 1 else 0,
            groups=channels if depthwise else 1,
            bias=node["useBias"],
        )
        self.activation = ACTIVATIONS[node.get("activation", "linear")]

    def forward(self, x):
        if self.strides > 1:
            x = same_padding(x, self.size, self.strides)
        return self.activation(self.conv(x))


class Network(nn.Module):
    def __init__(self, network, weights, shape):
        super().__init__()
        self.network = network
        array = lambda name: torch.from_numpy(weights[name].copy())
        channels = {"images": shape[-1]}
        for node in network["nodes"]:
            name, op = node["name"], node["op"]
            taken = [channels[each] for each in node["inputs"]]
            channels[name] = sum(taken) if op == "concatenate" else taken[0]
            if op in ("convolution", "depthwise"):
                module = Convolution(node, taken[0], op == "depthwise")
                channels[name] = module.filters
                kernel = array(f"{name}/kernel")
                # HWIO to OIHW, and HWC1 to C1HW.
                module.conv.weight.data.copy_(kernel.permute(2, 3, 0, 1) if op == "depthwise" else kernel.permute(3, 2, 0, 1))
                if node["useBias"]:
                    module.conv.bias.data.copy_(array(f"{name}/bias"))
            elif op == "batchNormalization":
                module = nn.BatchNorm2d(taken[0], eps=1e-3, momentum=0.01)
                for own, theirs in zip(("weight", "bias", "running_mean", "running_var"), ("gamma", "beta", "movingMean", "movingVariance")):
                    getattr(module, own).data.copy_(array(f"{name}/{theirs}"))
            elif op == "dense":
                module = nn.Linear(taken[0], node["units"])
                channels[name] = node["units"]
                module.weight.data.copy_(array(f"{name}/kernel").T)
                module.bias.data.copy_(array(f"{name}/bias"))
            else:
                continue
            self.add_module(name, module)

    def forward(self, x):
        """The output; before softmax, if it ends with that."""
        return build(self.network, x, self.node)

    def node(self, node, inputs):
        op, (x, *others) = node["op"], inputs
        if op == "add":
            return x + others[0]
        if op == "concatenate":
            return torch.cat(inputs, 1)
        if op == "relu":
            return torch.relu(x)
        if op == "maxPooling":
            return functional.max_pool2d(x, node["size"])
        if op == "upSampling":
            return functional.interpolate(x, scale_factor=node["size"], mode="nearest")
        if op == "globalAveragePooling":
            return x.mean((2, 3))
        module = self.get_submodule(node["name"])
        if op == "dense" and node["activation"] != "softmax":
            return ACTIVATIONS[node["activation"]](module(x))
        return module(x)


class Engine:
    def __init__(self, job, weights, images, targets, memory_format):
        model = Network(job["network"], weights, images.shape)
        x = torch.from_numpy(images.copy())
        layout = "rows"
        if x.ndim == 4:
            model = model.to(memory_format=memory_format)
            x = x.permute(0, 3, 1, 2).contiguous(memory_format=memory_format)
            layout = "channels last" if memory_format == torch.channels_last else "channels first"
        self.model, self.images = model, x
        self.targets = None if targets is None else torch.from_numpy(targets.copy()).long()
        self.adam = torch.optim.Adam(self.model.parameters(), lr=0.001, betas=(0.9, 0.999), eps=1e-7)
        self.version = f"{torch.__version__}, {layout}"

    def forward(self):
        self.model.eval()
        with torch.inference_mode():
            output = self.model(self.images)
            if self.targets is not None:
                return torch.softmax(output, 1).numpy()
            return output.permute(0, 2, 3, 1).numpy()

    def step(self):
        self.model.train()
        self.adam.zero_grad(set_to_none=True)
        output = self.model(self.images)
        loss = functional.mse_loss(output, self.images) if self.targets is None else functional.cross_entropy(output, self.targets)
        loss.backward()
        self.adam.step()
        return loss.item()

    def losses(self, count):
        return [self.step() for _ in range(count)]


def start(job, weights, images, targets):
    torch.set_num_threads(job["threads"])
    torch.set_num_interop_threads(1)
    layouts = [torch.channels_last, torch.contiguous_format]
    return fastest([lambda layout=layout: Engine(job, weights, images, targets, layout) for layout in layouts])


serve(start)
