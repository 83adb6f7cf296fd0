"""The variational autoencoder of @weft/models in PyTorch, on Fashion-MNIST. Run by scripts/vae.js --peer.

Usage: torch_vae.py '{"data": FOLDER, "epochs": 20, "latentSize": 16, "beta": 1, "seed": 1, "threads": 2, "limit": null}'
Prints the terms of the negative ELBO of the test set in nats, means over images, each with one drawn code.
"""

import gzip
import json
import os
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional

BATCH = 256


def images(folder, part, limit):
    with gzip.open(os.path.join(folder, f"{part}-images-idx3-ubyte.gz")) as file:
        pixels = np.frombuffer(file.read(), dtype=np.uint8, offset=16).reshape(-1, 1, 28, 28)[:limit]
    return torch.from_numpy(pixels.copy())


class Vae(nn.Module):
    def __init__(self, latent_size):
        super().__init__()
        convolution = lambda inputs, filters: nn.Conv2d(inputs, filters, 3, padding=1)
        self.encoder = nn.Sequential(
            *(convolution(1, 32), nn.ReLU(), nn.MaxPool2d(2)),
            *(convolution(32, 64), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
        )
        self.mean, self.log_variance = nn.Linear(3136, latent_size), nn.Linear(3136, latent_size)
        self.decoder = nn.Sequential(
            *(nn.Linear(latent_size, 3136), nn.ReLU(), nn.Unflatten(1, (64, 7, 7))),
            *(convolution(64, 64), nn.ReLU(), nn.Upsample(scale_factor=2)),
            *(convolution(64, 32), nn.ReLU(), nn.Upsample(scale_factor=2)),
            convolution(32, 1),
        )
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(module.weight)
                nn.init.zeros_(module.bias)

    def terms(self, x):
        hidden = self.encoder(x)
        mean, log_variance = self.mean(hidden), self.log_variance(hidden)
        logits = self.decoder(mean + torch.exp(log_variance / 2) * torch.randn_like(mean))
        reconstruction = functional.binary_cross_entropy_with_logits(logits, x, reduction="none").sum((1, 2, 3))
        divergence = (mean**2 + torch.exp(log_variance) - log_variance - 1).sum(1) / 2
        return reconstruction, divergence


def main(job):
    torch.set_num_threads(job["threads"])
    torch.manual_seed(job["seed"])
    train, test = (images(job["data"], part, job["limit"]) for part in ("train", "t10k"))
    model = Vae(job["latentSize"])
    adam = torch.optim.Adam(model.parameters(), lr=0.001, eps=1e-7)
    for _ in range(job["epochs"]):
        for rows in torch.randperm(len(train)).split(BATCH):
            reconstruction, divergence = model.terms(train[rows].float() / 255)
            adam.zero_grad()
            (reconstruction + job["beta"] * divergence).mean().backward()
            adam.step()
    with torch.no_grad():
        terms = [model.terms(rows.float() / 255) for rows in test.split(BATCH)]
    reconstruction, divergence = (float(torch.cat(each).mean()) for each in zip(*terms))
    print(json.dumps({"version": torch.__version__, "reconstruction": reconstruction, "divergence": divergence}))


main(json.loads(sys.argv[1]))
