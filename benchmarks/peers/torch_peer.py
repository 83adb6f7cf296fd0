"""The autoencoder in PyTorch. Run by `pnpm bench:peers`."""

import torch
from torch import nn
from torch.nn import functional

from serve import fastest, serve

CONVOLUTIONS = ["enc_conv1", "enc_conv2", "dec_conv1", "dec_conv2", "output_image"]


class Autoencoder(nn.Module):
    def __init__(self, channels):
        super().__init__()
        sizes = [(channels, 32), (32, 64), (64, 64), (64, 32), (32, channels)]
        for name, (inputs, outputs) in zip(CONVOLUTIONS, sizes):
            self.add_module(name, nn.Conv2d(inputs, outputs, 3, padding=1))

    def forward(self, x):
        x = functional.max_pool2d(torch.relu(self.enc_conv1(x)), 2)
        x = functional.max_pool2d(torch.relu(self.enc_conv2(x)), 2)
        x = functional.interpolate(torch.relu(self.dec_conv1(x)), scale_factor=2, mode="nearest")
        x = functional.interpolate(torch.relu(self.dec_conv2(x)), scale_factor=2, mode="nearest")
        return torch.sigmoid(self.output_image(x))


class Engine:
    def __init__(self, weights, images, memory_format):
        model = Autoencoder(images.shape[-1])
        with torch.no_grad():
            for name in CONVOLUTIONS:
                layer = model.get_submodule(name)
                layer.weight.copy_(torch.from_numpy(weights[f"{name}/kernel"].copy()).permute(3, 2, 0, 1))
                layer.bias.copy_(torch.from_numpy(weights[f"{name}/bias"].copy()))
        self.model = model.to(memory_format=memory_format)
        channels_first = torch.from_numpy(images.copy()).permute(0, 3, 1, 2)
        self.images = channels_first.contiguous(memory_format=memory_format)
        self.adam = torch.optim.Adam(self.model.parameters(), lr=0.001, betas=(0.9, 0.999), eps=1e-7)
        layout = "channels last" if memory_format == torch.channels_last else "channels first"
        self.version = f"{torch.__version__}, {layout}"

    def forward(self):
        with torch.inference_mode():
            return self.model(self.images).permute(0, 2, 3, 1).numpy()

    def step(self):
        self.adam.zero_grad(set_to_none=True)
        loss = functional.mse_loss(self.model(self.images), self.images)
        loss.backward()
        self.adam.step()
        return loss.item()

    def losses(self, count):
        return [self.step() for _ in range(count)]


def start(job, weights, images):
    torch.set_num_threads(job["threads"])
    torch.set_num_interop_threads(1)
    layouts = [torch.channels_last, torch.contiguous_format]
    return fastest([lambda layout=layout: Engine(weights, images, layout) for layout in layouts])


serve(start)
