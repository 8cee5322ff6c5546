"""Between-class mixing in NumPy, as the authors wrote it and vectorised, and in PyTorch: yardsticks for mixing.mjs.

    python3 bench/mixing.py [rounds]

Prints one line of JSON: images a second of CPU time, median and best of the rounds, on one thread. What torch alone can do is left out
where it is not installed.
"""
import json
import os
import sys
import time

os.environ.setdefault('OMP_NUM_THREADS', '1')
os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')
import numpy as np  # noqa: E402

try:
    import torch
    torch.set_num_threads(1)
except ImportError:
    torch = None

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 9
BATCH, PAD = 128, 4
rng = np.random.default_rng(1)
images = rng.integers(0, 256, (2000, 3, 32, 32), dtype=np.uint8)
labels = rng.integers(0, 10, 2000)
mean = np.array([4.60, 2.24, -6.84], np.float32)
std = np.array([55.9, 53.7, 56.5], np.float32)


def prepare(image):
    """Normalise, flip, pad and crop one image: the transforms of the authors' utils.py, one after the other."""
    x = image.astype(np.float32)
    x = x - x.mean()
    x = (x - mean[:, None, None]) / std[:, None, None]
    if rng.random() < 0.5:
        x = x[:, :, ::-1]
    x = np.pad(x, ((0, 0), (PAD, PAD), (PAD, PAD)), 'constant')
    top, left = rng.integers(0, 2 * PAD + 1, 2)
    return x[:, top:top + 32, left:left + 32]


def authors():
    """A batch as the authors' dataset.py makes it: pair by pair."""
    xs, ts = [], []
    for _ in range(BATCH):
        while True:
            i, j = rng.integers(0, len(images), 2)
            if labels[i] != labels[j]:
                break
        x1, x2, r = prepare(images[i]), prepare(images[j]), rng.random()
        p = 1.0 / (1 + np.std(x1) / np.std(x2) * (1 - r) / r)
        xs.append(((x1 * p + x2 * (1 - p)) / np.sqrt(p ** 2 + (1 - p) ** 2)).astype(np.float32))
        eye = np.eye(10)
        ts.append(eye[labels[i]] * r + eye[labels[j]] * (1 - r))
    return np.stack(xs), np.stack(ts)


def numpy_bc_plus(x1, x2, r):
    axes = (1, 2, 3)
    s1, s2 = x1.std(axes), x2.std(axes)
    p = (r * s2 / (r * s2 + (1 - r) * s1))[:, None, None, None]
    x1 = x1 - x1.mean(axes, keepdims=True)
    x2 = x2 - x2.mean(axes, keepdims=True)
    return (p * x1 + (1 - p) * x2) / np.sqrt(p ** 2 + (1 - p) ** 2)


def torch_bc_plus(x1, x2, r, zero_mean=True):
    axes = (1, 2, 3)
    s1, m1 = torch.std_mean(x1, axes, unbiased=False, keepdim=True)
    s2, m2 = torch.std_mean(x2, axes, unbiased=False, keepdim=True)
    r = r[:, None, None, None]
    p = r * s2 / (r * s2 + (1 - r) * s1)
    q = 1 - p
    if zero_mean:
        x1, x2 = x1 - m1, x2 - m2
    return (p * x1 + q * x2) / torch.sqrt(p * p + q * q)


def torch_prepare(batch):
    """Normalise, flip, pad and crop a batch without a loop: one gather of all pixels."""
    x = batch.float()
    x = x - x.mean((1, 2, 3), keepdim=True)
    x = (x - torch.from_numpy(mean)[:, None, None]) / torch.from_numpy(std)[:, None, None]
    flip = torch.rand(len(x)) < 0.5
    x = torch.where(flip[:, None, None, None], x.flip(3), x)
    x = torch.nn.functional.pad(x, (PAD,) * 4)
    top, left = (torch.randint(0, 2 * PAD + 1, (len(x), 1)) for _ in range(2))
    rows, columns = top + torch.arange(32), left + torch.arange(32)
    return x[torch.arange(len(x))[:, None, None], :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def torch_pipeline():
    i, j = torch.randint(0, len(images), (2, BATCH))
    return torch_bc_plus(torch_prepare(raw[i]), torch_prepare(raw[j]), torch.rand(BATCH), zero_mean=False)


def rate(call, calls):
    """Median round and best round, by the CPU time of this process."""
    call()
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(calls):
            call()
        taken.append((time.process_time() - start) / calls)
    taken.sort()
    return {'median': BATCH / taken[ROUNDS // 2], 'best': BATCH / taken[0]}


x1, x2 = (rng.standard_normal((BATCH, 3, 32, 32)).astype(np.float32) for _ in range(2))
r = rng.random(BATCH).astype(np.float32)
result = {
    'versions': {'python': sys.version.split()[0], 'numpy': np.__version__},
    'op': {'NumPy': rate(lambda: numpy_bc_plus(x1, x2, r), 9)},
    'pipeline': {'NumPy, as the authors wrote it': rate(authors, 3)},
}
if torch:
    raw = torch.from_numpy(images)
    t1, t2, tr = (torch.from_numpy(a) for a in (x1, x2, r))
    result['versions']['torch'] = torch.__version__
    result['op']['PyTorch'] = rate(lambda: torch_bc_plus(t1, t2, tr), 9)
    result['pipeline']['PyTorch, vectorised'] = rate(torch_pipeline, 5)
print(json.dumps(result))
