"""The speed of one large matrix product in PyTorch, 4096 x 4096 twice, float32: `product.py [--threads N]`, in GFLOP/s."""

import argparse
import json
import time

import torch

SIZE = 4096


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    torch.set_num_threads(parser.parse_args().threads)
    a, b, out = (torch.rand(SIZE, SIZE) for _ in range(3))
    speeds = []
    for _ in range(7):
        began = time.perf_counter()
        torch.mm(a, b, out=out)
        speeds.append(2e-9 * SIZE**3 / (time.perf_counter() - began))
    print(json.dumps({"gflops": max(speeds)}))


main()
