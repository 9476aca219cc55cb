"""Trains a recurrent network of PyTorch's own on a task of Longhand's and writes its weights as a safetensors file.

    pip install torch safetensors
    python3 train.py binary-addition rnn adder.safetensors 1.3

Tasks: parity (one bit a step; the answer: whether the ones so far are odd) and binary-addition (a bit of each of two
numbers a step, lowest first; the answer: the bit of their sum). Modules: rnn, gru, lstm. The number is how much noise the
state bears while it is trained (default: none), and after it may come a seed.
"""
import sys

import torch
from safetensors.torch import save_file

SIZES = {"parity": 1, "binary-addition": 2}
HIDDEN = 8
STEPS = 5000
LENGTH = 10


def problems(task, count, length, random):
    """Inputs [count, length, features] and answers [count, length], all 0 or 1."""
    x = torch.randint(0, 2, (count, length, SIZES[task]), generator=random)
    if task == "parity":
        return x.float(), (x[..., 0].cumsum(1) % 2).float()
    answers, carry = [], torch.zeros(count, dtype=torch.long)
    for t in range(length):
        total = x[:, t].sum(1) + carry
        answers.append(total % 2)
        carry = total // 2
    return x.float(), torch.stack(answers, 1).float()


class Network(torch.nn.Module):
    def __init__(self, task, module):
        super().__init__()
        kind = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[module]
        self.recurrent = kind(SIZES[task], HIDDEN, batch_first=True)
        self.readout = torch.nn.Linear(HIDDEN, 1)

    def forward(self, x, noise=0.0):
        """Logits [count, length, 1]. Noise up to ±noise on the state before each step: it teaches units to keep apart
        what they remember, which is what a proof asks for."""
        if noise == 0:
            return self.readout(self.recurrent(x)[0])
        state, outputs = None, []
        for t in range(x.shape[1]):
            y, state = self.recurrent(x[:, t : t + 1], state)
            outputs.append(y)
            noisy = lambda h: h + noise * (2 * torch.rand_like(h) - 1)
            state = tuple(map(noisy, state)) if isinstance(state, tuple) else noisy(state)
        return self.readout(torch.cat(outputs, 1))


def train(task, module, noise, seed):
    torch.manual_seed(seed)
    random = torch.Generator().manual_seed(seed)
    network = Network(task, module)
    optimizer = torch.optim.Adam(network.parameters(), 0.01)
    loss_of = torch.nn.BCEWithLogitsLoss()
    for step in range(STEPS):
        # Short problems first: the gradient of a parity of many bits says nothing. The noise grows over the first half.
        length = min(LENGTH, 2 + 2 * LENGTH * step // STEPS)
        x, answers = problems(task, 32, length, random)
        loss = loss_of(network(x, noise * min(1, 2 * step / STEPS))[..., 0], answers)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
    x, answers = problems(task, 1000, 10 * LENGTH, random)
    with torch.no_grad():
        right = ((network(x)[..., 0] > 0).float() == answers).all(1).float().mean()
    print(f"{task} by {module}: loss {loss.item():.4f}, {right.item():.1%} of 1000 problems of {10 * LENGTH} steps right")
    return network


if __name__ == "__main__":
    task, module, file, noise, seed = [*sys.argv[1:], *["0", "1"][len(sys.argv) - 4 :]]
    torch.set_num_threads(1)
    save_file(train(task, module, float(noise), int(seed)).state_dict(), file)
