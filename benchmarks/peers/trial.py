"""100 ILRNNs learn binary addition in PyTorch, the whole training: `trial.py [--threads N] [--steps N]`.

Written as the equations are: parameters with a population axis, einsum-free batched products, one Adam for all. One hidden
layer of 8 units and the output unit, every layer fed back to every layer, hard sigmoid; sums of 10 digits and their last
carry; noise on the state, uniform, growing to 0.4 over the first half; gradient norm clipped to 1 a replica; Adam 0.02.
Prints one line of JSON: seconds of training, replicas without an error on 64 sums of 100 digits.
"""

import argparse
import json
import time

import torch
import torch.nn.functional as F

P, BATCH, DIGITS, HIDDEN, OUTPUT = 100, 32, 10, 8, 1


def draw(digits, batch):
    bits = torch.randint(0, 2, (digits + 1, P, batch, 2)).float()
    bits[digits] = 0
    carry = torch.zeros(P, batch)
    sums = []
    for t in range(digits + 1):
        total = bits[t, ..., 0] + bits[t, ..., 1] + carry
        sums.append(total % 2)
        carry = (total >= 2).float()
    return bits, torch.stack(sums)


def hard_sigmoid(x):
    return (x / 2 + 0.5).clamp(0, 1)


class Network:
    def __init__(self):
        def uniform(rows, columns, fan_in):
            bound = fan_in**-0.5
            return ((torch.rand(P, rows, columns) * 2 - 1) * bound).requires_grad_()

        units = HIDDEN + OUTPUT
        self.W1, self.W2 = uniform(2, HIDDEN, 2 + units), uniform(HIDDEN, OUTPUT, HIDDEN + units)
        self.R11, self.R21 = uniform(HIDDEN, HIDDEN, 2 + units), uniform(OUTPUT, HIDDEN, 2 + units)
        self.R12, self.R22 = uniform(HIDDEN, OUTPUT, HIDDEN + units), uniform(OUTPUT, OUTPUT, HIDDEN + units)
        self.b1 = torch.zeros(P, 1, HIDDEN, requires_grad=True)
        self.b2 = torch.zeros(P, 1, OUTPUT, requires_grad=True)
        self.parameters = [self.W1, self.R11, self.R21, self.b1, self.W2, self.R12, self.R22, self.b2]

    def logits(self, x, noise):
        h1 = torch.zeros(P, x.shape[2], HIDDEN)
        h2 = torch.zeros(P, x.shape[2], OUTPUT)
        out = []
        for t in range(x.shape[0]):
            if noise > 0:
                h1 = h1 + noise * (torch.rand_like(h1) * 2 - 1)
                h2 = h2 + noise * (torch.rand_like(h2) * 2 - 1)
            z1 = x[t] @ self.W1 + h1 @ self.R11 + h2 @ self.R21 + self.b1
            next1 = hard_sigmoid(z1)
            z2 = next1 @ self.W2 + h1 @ self.R12 + h2 @ self.R22 + self.b2
            h1, h2 = next1, hard_sigmoid(z2)
            out.append(z2[..., 0])
        return torch.stack(out)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=2500)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    network = Network()
    adam = torch.optim.Adam(network.parameters, lr=0.02)
    began = time.perf_counter()
    for step in range(options.steps):
        x, y = draw(DIGITS, BATCH)
        noise = 0.4 * min(1, step / (options.steps / 2))
        loss = F.binary_cross_entropy_with_logits(network.logits(x, noise), y, reduction="none").mean((0, 2)).sum()
        adam.zero_grad()
        loss.backward()
        norm = sum((p.grad**2).sum((1, 2)) for p in network.parameters).sqrt()
        scale = (1 / norm).clamp(max=1)[:, None, None]
        for p in network.parameters:
            p.grad *= scale
        adam.step()
    seconds = time.perf_counter() - began
    with torch.no_grad():
        x, y = draw(100, 64)
        wrong = ((network.logits(x, 0) > 0) != (y > 0.5)).any(0).any(1)
    print(json.dumps({
        "peer": "pytorch", "version": torch.__version__, "threads": options.threads, "steps": options.steps,
        "seconds": seconds, "solved": int((~wrong).sum()),
    }))  # fmt: skip


main()
