"""The same training step in PyTorch, as a yardstick: ConvNet, forward, backward and SGD on random images.

    python3 bench/step.py [batch] [threads]
"""

import statistics
import sys
import time

import torch
from torch import nn

BATCH = int(sys.argv[1]) if len(sys.argv) > 1 else 128
THREADS = int(sys.argv[2]) if len(sys.argv) > 2 else 1
torch.set_num_threads(THREADS)


def convolutions(inputs, outputs, count):
    for i in range(count):
        yield nn.Conv2d(inputs if i == 0 else outputs, outputs, 3, padding=1, bias=False)
        yield nn.BatchNorm2d(outputs)
        yield nn.ReLU()
    yield nn.MaxPool2d(2)


model = nn.Sequential(
    *convolutions(3, 64, 2),
    *convolutions(64, 128, 2),
    *convolutions(128, 256, 4),
    nn.Flatten(),
    nn.Linear(4096, 1024), nn.ReLU(), nn.Dropout(),
    nn.Linear(1024, 1024), nn.ReLU(), nn.Dropout(),
    nn.Linear(1024, 10),
)
optimizer = torch.optim.SGD(model.parameters(), 0.02, momentum=0.9, nesterov=True, weight_decay=5e-4)
x = torch.randn(BATCH, 3, 32, 32)
y = torch.softmax(torch.randn(BATCH, 10), 1)
taken = []
for step in range(8):
    start = time.perf_counter()
    optimizer.zero_grad()
    loss = -(y * torch.log_softmax(model(x), 1)).sum(1).mean()
    loss.backward()
    optimizer.step()
    if step > 1:
        taken.append(time.perf_counter() - start)
print(f"PyTorch {torch.__version__}, batch {BATCH}, {THREADS} threads: {BATCH / statistics.median(taken):.1f} images/s")
