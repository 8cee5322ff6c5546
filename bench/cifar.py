"""The recipe of cifar.mjs in PyTorch, as a yardstick: standard or BC+ learning of the ConvNet on cut-down CIFAR-10.

    python3 bench/cifar.py cifar-10-binary.tar.gz [standard|bc+] [paper|torch] [seed]

The third argument says how convolutions begin: as in the paper (normal, sqrt(2 / fan-in)), or as PyTorch does by itself.
"""

import math
import sys
import tarfile

import numpy as np
import torch
from torch import nn

archive = sys.argv[1]
method = sys.argv[2] if len(sys.argv) > 2 else "bc+"
init = sys.argv[3] if len(sys.argv) > 3 else "paper"
seed = int(sys.argv[4]) if len(sys.argv) > 4 else 1
EPOCHS, BATCH, RATE, TRAIN, TEST = 5, 64, 0.02, 5000, 2000
rng = np.random.default_rng(seed)
torch.manual_seed(seed)
torch.set_num_threads(1)


def records(tar, name, count):
    data = np.frombuffer(tar.extractfile(f"cifar-10-batches-bin/{name}").read(count * 3073), np.uint8)
    rows = data.reshape(count, 3073)
    return rows[:, 1:].reshape(count, 3, 32, 32).astype(np.float32), rows[:, 0].astype(np.int64)


with tarfile.open(archive) as tar:
    x, y = records(tar, "data_batch_1.bin", TRAIN)
    tx, ty = records(tar, "test_batch.bin", TEST)


def own_mean(images):
    return images - images.mean((1, 2, 3), keepdims=True) if method == "bc+" else images


x, tx = own_mean(x), own_mean(tx)
mean, std = x.mean((0, 2, 3), keepdims=True), x.std((0, 2, 3), keepdims=True)
x, tx = (x - mean) / std, (tx - mean) / std


def view(image):
    """Flipped by chance, padded by 4, cropped."""
    if rng.random() < 0.5:
        image = image[:, :, ::-1]
    padded = np.pad(image, ((0, 0), (4, 4), (4, 4)))
    top, left = rng.integers(0, 9, 2)
    return padded[:, top : top + 32, left : left + 32]


def mixed():
    while True:
        i, j = rng.integers(0, TRAIN, 2)
        if y[i] != y[j]:
            break
    r = rng.random()
    a, b = view(x[i]), view(x[j])
    a, b = a - a.mean(), b - b.mean()
    p = r * b.std() / (r * b.std() + (1 - r) * a.std())
    t = np.zeros(10, np.float32)
    t[y[i]], t[y[j]] = r, 1 - r
    return (p * a + (1 - p) * b) / math.sqrt(p * p + (1 - p) ** 2), t


def convolutions(inputs, outputs, count):
    for i in range(count):
        yield nn.Conv2d(inputs if i == 0 else outputs, outputs, 3, padding=1, bias=False)
        yield nn.BatchNorm2d(outputs)
        yield nn.ReLU()
    yield nn.MaxPool2d(2)


model = nn.Sequential(
    *convolutions(3, 64, 2), *convolutions(64, 128, 2), *convolutions(128, 256, 4), nn.Flatten(),
    nn.Linear(4096, 1024), nn.ReLU(), nn.Dropout(), nn.Linear(1024, 1024), nn.ReLU(), nn.Dropout(), nn.Linear(1024, 10),
)
if init == "paper":
    for module in model:
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight)
        if isinstance(module, nn.Linear):
            nn.init.zeros_(module.bias)
steps = EPOCHS * math.ceil(TRAIN / BATCH)
optimizer = torch.optim.SGD(model.parameters(), RATE, momentum=0.9, nesterov=True, weight_decay=5e-4)
step = 0
for epoch in range(EPOCHS):
    order = rng.permutation(TRAIN)
    for begin in range(0, TRAIN, BATCH):
        index = order[begin : begin + BATCH]
        if method == "bc+":
            images, targets = zip(*(mixed() for _ in index))
        else:
            images, targets = [view(x[i]) for i in index], [np.eye(10, dtype=np.float32)[y[i]] for i in index]
        for group in optimizer.param_groups:
            group["lr"] = RATE / 2 * (1 + math.cos(math.pi * step / steps))
        logits = model(torch.from_numpy(np.stack(images).astype(np.float32)))
        loss = -(torch.from_numpy(np.stack(targets)) * torch.log_softmax(logits, 1)).sum(1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        step += 1
    model.eval()
    with torch.no_grad():
        right = sum(
            (model(torch.from_numpy(tx[i : i + 200])).argmax(1).numpy() == ty[i : i + 200]).sum() for i in range(0, TEST, 200)
        )
    model.train()
    print(f"{method}, {init} initialisation, seed {seed}, epoch {epoch + 1}: {100 * right / TEST:.2f} %", flush=True)
