"""The training step of bench/step.mjs in PyTorch, as a yardstick: forward, backward and SGD on random images, by default of ConvNet.

    python3 bench/step.py [convnet | resnet18 | shakeShake] [batch] [threads] [--steps 8] [--device cuda [--tf32]]

Prints a line of JSON: images/s of the steps after the second and the most memory that the process held. On a CPU that is by the median
of these steps; a GPU is given steps before it has done the last, as in a training, and is waited for after all of them.
"""

import argparse
import json
import resource
import statistics
import sys
import time

NETWORKS = ["convnet", "resnet18", "shakeShake"]

parser = argparse.ArgumentParser(description="The training step of bench/step.mjs in PyTorch.")
parser.add_argument("network", nargs="?", default="convnet", choices=NETWORKS)
parser.add_argument("batch", nargs="?", type=int, default=128)
parser.add_argument("threads", nargs="?", type=int, default=1)
parser.add_argument("--steps", type=int, default=8, help="of which the first two do not count")
parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
parser.add_argument("--tf32", action="store_true", help="products of numbers of 19 bits, on a GPU that has them")
arguments = parser.parse_args()
BATCH = arguments.batch
ON_GPU = arguments.device == "cuda"
if arguments.steps < 3:
    sys.exit(f"step.py: --steps must be at least 3, got {arguments.steps}")
if arguments.tf32 and not ON_GPU:
    sys.exit("step.py: --tf32 is for --device cuda, got --device cpu")

try:
    import torch
    from torch import nn
    from torch.nn import functional
except ImportError as error:
    sys.exit(f"step.py: PyTorch does not load in {sys.executable} ({error}); pip install torch")

if ON_GPU and not torch.cuda.is_available():
    build = f"is built for CUDA {torch.version.cuda}" if torch.version.cuda else "is built without CUDA"
    sys.exit(f"step.py: --device cuda needs a GPU that PyTorch can use, got none: PyTorch {torch.__version__} {build}")
torch.set_num_threads(arguments.threads)
torch.backends.cudnn.benchmark = True
torch.backends.cudnn.allow_tf32 = arguments.tf32
torch.backends.cuda.matmul.allow_tf32 = arguments.tf32


def convolutions(inputs, outputs, count):
    for i in range(count):
        yield nn.Conv2d(inputs if i == 0 else outputs, outputs, 3, padding=1, bias=False)
        yield nn.BatchNorm2d(outputs)
        yield nn.ReLU()
    yield nn.MaxPool2d(2)


def convnet():
    return nn.Sequential(
        *convolutions(3, 64, 2),
        *convolutions(64, 128, 2),
        *convolutions(128, 256, 4),
        nn.Flatten(),
        nn.Linear(4096, 1024), nn.ReLU(), nn.Dropout(),
        nn.Linear(1024, 1024), nn.ReLU(), nn.Dropout(),
        nn.Linear(1024, 10),
    )


def convolution(inputs, outputs, stride=1):
    return nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)


class Basic(nn.Module):
    """A block of ResNet-18."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.branch = nn.Sequential(
            convolution(inputs, outputs, stride), nn.BatchNorm2d(outputs), nn.ReLU(),
            convolution(outputs, outputs), nn.BatchNorm2d(outputs),
        )
        self.shortcut = nn.Sequential() if stride == 1 and inputs == outputs else nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
        )

    def forward(self, x):
        return functional.relu(self.branch(x) + self.shortcut(x))


class Shake(torch.autograd.Function):
    """A random convex combination of two branches, another one backward; for each image."""

    @staticmethod
    def forward(ctx, a, b):
        alpha = torch.rand(len(a), 1, 1, 1, device=a.device)
        return alpha * a + (1 - alpha) * b

    @staticmethod
    def backward(ctx, dy):
        beta = torch.rand(len(dy), 1, 1, 1, device=dy.device)
        return beta * dy, (1 - beta) * dy


class TwoPaths(nn.Module):
    """Shake-Shake's shortcut where the image shrinks: two subsampled views side by side, one shifted by a pixel."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs // 2, 1, bias=False)
        self.second = nn.Conv2d(inputs, outputs // 2, 1, bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x):
        x = functional.relu(x)
        shifted = functional.pad(x, (-1, 1, -1, 1))
        paths = [self.first(x[:, :, ::2, ::2]), self.second(shifted[:, :, ::2, ::2])]
        return self.norm(torch.cat(paths, 1))


class ShakeBlock(nn.Module):
    """A block of Shake-Shake 26."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.branches = nn.ModuleList(nn.Sequential(
            nn.ReLU(), convolution(inputs, outputs, stride), nn.BatchNorm2d(outputs),
            nn.ReLU(), convolution(outputs, outputs), nn.BatchNorm2d(outputs),
        ) for _ in range(2))
        if stride == 2:
            self.shortcut = TwoPaths(inputs, outputs)
        elif inputs != outputs:
            self.shortcut = nn.Sequential(nn.ReLU(), nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs))
        else:
            self.shortcut = nn.Sequential()

    def forward(self, x):
        return self.shortcut(x) + Shake.apply(*(branch(x) for branch in self.branches))


def residual(block, first, stem, widths, count):
    layers = list(stem)
    inputs = first
    for i, width in enumerate(widths):
        for j in range(count):
            layers.append(block(inputs, width, 2 if i > 0 and j == 0 else 1))
            inputs = width
    return layers


def resnet18():
    stem = [convolution(3, 64), nn.BatchNorm2d(64), nn.ReLU()]
    blocks = residual(Basic, 64, stem, [64, 128, 256, 512], 2)
    return nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


def shake_shake():
    stem = [convolution(3, 16), nn.BatchNorm2d(16)]
    blocks = residual(ShakeBlock, 16, stem, [32, 64, 128], 4)
    return nn.Sequential(*blocks, nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(128, 10))


def wait():
    if ON_GPU:
        torch.cuda.synchronize()


model = {"convnet": convnet, "resnet18": resnet18, "shakeShake": shake_shake}[arguments.network]().to(arguments.device)
optimizer = torch.optim.SGD(model.parameters(), 0.02, momentum=0.9, nesterov=True, weight_decay=5e-4)
x = torch.randn(BATCH, 3, 32, 32, device=arguments.device)
y = torch.softmax(torch.randn(BATCH, 10, device=arguments.device), 1)
ends = []
for step in range(arguments.steps):
    optimizer.zero_grad()
    loss = -(y * torch.log_softmax(model(x), 1)).sum(1).mean()
    loss.backward()
    optimizer.step()
    if step == 1 or step == arguments.steps - 1:
        wait()
    ends.append(time.perf_counter())
taken = [end - start for start, end in zip(ends[1:], ends[2:])]
print(json.dumps({
    "version": torch.__version__,
    "device": torch.cuda.get_device_name() if ON_GPU else "cpu",
    "parameters": sum(p.numel() for p in model.parameters()),
    "imagesPerSecond": BATCH / (statistics.mean(taken) if ON_GPU else statistics.median(taken)),
    "peakMiB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    **({"peakGpuMiB": round(torch.cuda.max_memory_allocated() / 2**20)} if ON_GPU else {}),
}))
