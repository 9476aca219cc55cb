"""The whole training step of the DNGPU in PyTorch (equations: `makeDngpuStep` in cases.ts).

All bins run at once: they lie one after another along the positions, longest first, with an empty position between two (the
mask keeps it 0), and a bin leaves when its steps are done. So a step is 41 steps of the unit, not 217; `--form X-alone` is
without that. Eager is fastest with products, compiled (each step of the unit, for each number of bins left) with conv1d.
"""

import case_file
import torch
import torch.nn.functional as F
from torch.autograd.function import once_differentiable

# Dropout keeps a value if a random byte is less than 230: keep = 0.898, and drawing is many times faster than bernoulli_.
KEPT_BYTES = 230


class Neighbours(torch.autograd.Function):
    """[positions, batch, maps] -> the same with (left, itself, right) joined: 3 maps. The built-in gradient copies more."""

    @staticmethod
    def forward(ctx, s):
        out = s.new_empty(s.shape[0], s.shape[1], 3, s.shape[2])
        out[0, :, 0] = 0
        out[1:, :, 0] = s[:-1]
        out[:, :, 1] = s
        out[:-1, :, 2] = s[1:]
        out[-1, :, 2] = 0
        return out.flatten(2)

    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        left, out, right = g.unflatten(2, (3, -1)).unbind(2)
        out = out.clone(memory_format=torch.contiguous_format)
        out[:-1] += left[1:]
        out[1:] += right[:-1]
        return out


class Shifted(torch.autograd.Function):
    """The maps from `keep` on from the left neighbour, those from `keep + g` on from the right one."""

    @staticmethod
    def forward(ctx, s, keep, g):
        ctx.cuts = keep, g
        out = s.clone()
        out[1:, :, keep : keep + g] = s[:-1, :, keep : keep + g]
        out[0, :, keep : keep + g] = 0
        out[:-1, :, keep + g :] = s[1:, :, keep + g :]
        out[-1, :, keep + g :] = 0
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx, d):
        keep, g = ctx.cuts
        out = d.clone()
        out[:-1, :, keep : keep + g] = d[1:, :, keep : keep + g]
        out[-1, :, keep : keep + g] = 0
        out[1:, :, keep + g :] = d[:-1, :, keep + g :]
        out[0, :, keep + g :] = 0
        return out, None, None


class Dngpu:
    def __init__(self, case, form, compiled, joined):
        self.names = list(case["parameters"])
        arrays = [torch.from_numpy(array) for array in case["parameters"].values()]
        self.sizes = [array.numel() for array in arrays]
        self.shapes = [array.shape for array in arrays]
        self.flat = torch.cat([array.flatten() for array in arrays])
        self.leaves = [part.view(shape).requires_grad_() for part, shape in zip(self.flat.split(self.sizes), self.shapes)]
        self.m = torch.zeros_like(self.flat)
        self.v = torch.full_like(self.flat, case["constants"]["firstLargest"])
        self.form = form
        self.constants = case["constants"]
        self.batch_size = case["sizes"]["batch"]
        self.maps = case["sizes"]["maps"]
        self.bins = [int(length) for length in case["inputs"]["bins"]]
        order = sorted(range(len(self.bins)), key=lambda i: -self.bins[i])
        self.groups = [self.group(each) for each in ([order] if joined else [[i] for i in order])]
        body = self.columns if form == "conv1d" else self.rows
        self.body = torch.compile(body, dynamic=False) if compiled else body

    def group(self, order):
        """Of some bins, longest first: each position's weight in the saturation cost, its bin's length, and the stages:
        (steps, rows at the time) until the next bin leaves."""
        lengths = [self.bins[i] for i in order]
        scale = self.batch_size * len(self.bins)
        weight = [F.pad(torch.full((n, 1, 1), 1 / (n**2 * scale)), (0, 0, 0, 0, 0, 1)) for n in lengths]
        stages, done = [], 0
        for count in range(len(lengths), 0, -1):
            stages.append((lengths[count - 1] - done, sum(n + 1 for n in lengths[:count])))
            done = lengths[count - 1]
        return order, torch.cat(weight), torch.cat([torch.full((n + 1, 1, 1), n) for n in lengths]), stages

    def batch(self, arrays):
        """Symbols, answers, mask [positions, batch], and the weights of the answers' cross-entropies."""
        return [self.group_batch(arrays, order) for order, *_ in self.groups]

    def group_batch(self, arrays, order):
        symbols, answers, masks, weights = [], [], [], []
        for i in order:
            length = self.bins[i]
            pad = (0, 0, 0, 1)
            symbols.append(F.pad(torch.from_numpy(arrays["symbols"][i, :, :length]).long().t(), pad))
            answers.append(F.pad(torch.from_numpy(arrays["answers"][i, :, :length]).long().t(), pad))
            mask = F.pad((torch.arange(length)[:, None] < torch.from_numpy(arrays["lengths"][i])).float(), pad)
            masks.append(mask)
            weights.append(mask / mask.sum() / len(self.bins))
        return torch.cat(symbols), torch.cat(answers).flatten(), torch.cat(masks)[..., None], torch.cat(weights).flatten()

    # One step of the unit, in two layouts. The gates' kernel and bias hold 3 z, as F.hardsigmoid(x) is clip(x/6 + 1/2, 0, 1);
    # the candidate's hold z / keep.

    def rows(self, s, gates_kernel, gates_bias, kernel, bias, mask, weight, dropped, keep):
        """The state is [positions, batch, maps], a convolution one product."""
        maps = s.shape[2]
        g = maps // 3
        kept = maps - 2 * g
        gates = torch.addmm(gates_bias, Neighbours.apply(s).flatten(0, 1), gates_kernel).view(*s.shape[:2], -1)
        u, r = F.hardsigmoid(gates).split(maps, 2)
        z = torch.addmm(bias, Neighbours.apply(r * s).flatten(0, 1), kernel).view(s.shape)
        c = F.hardtanh(z, -1 / keep, 1 / keep)
        if dropped is not None:
            c = c.masked_fill(dropped, 0)
        s = torch.lerp(c, Shifted.apply(s, kept, g), u) * mask
        limit = self.constants["saturationLimit"]
        weight = weight[:, 0, 0]
        excess = torch.dot(F.softshrink(gates, 3 * limit).abs().sum((1, 2)), weight) / 3
        excess = excess + torch.dot(F.softshrink(z, limit / keep).abs().sum((1, 2)), weight) * keep
        return s, excess

    def columns(self, s, gates_kernel, gates_bias, kernel, bias, mask, weight, dropped, keep):
        """The state is [batch, maps, positions]."""
        maps = s.shape[1]
        g = maps // 3
        kept = maps - 2 * g
        gates = F.conv1d(s, gates_kernel, gates_bias, padding=1)
        u, r = F.hardsigmoid(gates).split(maps, 1)
        z = F.conv1d(r * s, kernel, bias, padding=1)
        left = F.pad(s[:, kept : kept + g, :-1], (1, 0))
        right = F.pad(s[:, kept + g :, 1:], (0, 1))
        c = F.hardtanh(z, -1 / keep, 1 / keep)
        if dropped is not None:
            c = c.masked_fill(dropped, 0)
        s = torch.lerp(c, torch.cat([s[:, :kept], left, right], 1), u) * mask
        limit = self.constants["saturationLimit"]
        excess = torch.dot(F.softshrink(gates, 3 * limit).abs().sum((0, 1)), weight) / 3
        excess = excess + torch.dot(F.softshrink(z, limit / keep).abs().sum((0, 1)), weight) * keep
        return s, excess

    def loss(self, batch, training):
        E, bE, Ku, bu, Kr, br, Kc, bc, O, bO = self.leaves
        k = self.constants
        keep = KEPT_BYTES / 256 if training else 1.0
        gates_kernel = 3 * torch.cat([Ku, Kr], 2)
        gates_bias = 3 * torch.cat([bu + k["updateOffset"], br + k["resetOffset"]])
        kernel, bias = Kc / keep, bc / keep
        if self.form == "matmul":
            gates_kernel, kernel = gates_kernel.flatten(0, 1), kernel.flatten(0, 1)
        else:
            gates_kernel, kernel = (K.permute(2, 1, 0).contiguous() for K in (gates_kernel, kernel))
        unit = gates_kernel, gates_bias, kernel, bias
        total = 0.0
        for group, data in zip(self.groups, batch):
            total = total + self.group_loss(group, unit, keep, training, *data)
        return total

    def group_loss(self, group, unit, keep, training, symbols, answers, mask, weights):
        E, bE, *_, O, bO = self.leaves
        k = self.constants
        positions, batch, maps = symbols.shape[0], self.batch_size, self.maps
        _, weight, length, stages = group
        drops = iter(lambda: None, 0)
        if training:
            shapes = [positions] + [rows for count, rows in stages for _ in range(count)]
            size = sum(shapes) * batch * maps
            numbers = torch.empty((size + 7) // 8, dtype=torch.int64).random_(-(2**63), None)
            dropped = numbers.view(torch.uint8)[:size] >= KEPT_BYTES
            shape = (lambda n: (batch, maps, n)) if self.form == "conv1d" else (lambda n: (n, batch, maps))
            drops = (each.view(shape(n)) for n, each in zip(shapes, dropped.split([n * batch * maps for n in shapes])))
        ze = F.embedding(symbols, E) + bE
        excess = F.relu(ze.abs() - k["saturationLimit"]).sum((1, 2))
        saturation = torch.dot(excess, (weight * length)[:, 0, 0])
        s = F.hardtanh(ze)
        drop = next(drops)
        if self.form == "conv1d":
            s, mask, weight = s.permute(1, 2, 0).contiguous(), mask.permute(1, 2, 0).contiguous(), weight.flatten()
        if drop is not None:
            s = (s / keep).masked_fill(drop, 0)
        s = s * mask
        axis = 2 if self.form == "conv1d" else 0
        finished = []
        for count, rows in stages:
            if rows < s.shape[axis]:
                s, gone = s.split([rows, s.shape[axis] - rows], axis)
                finished.append(gone)
                mask, weight = mask.narrow(axis, 0, rows), weight[:rows]
                if axis == 2:
                    s, mask = s.contiguous(), mask.contiguous()
            for _ in range(count):
                s, excess = self.body(s, *unit, mask, weight, next(drops), keep)
                saturation = saturation + excess
        s = torch.cat([s, *reversed(finished)], axis)
        if axis == 2:
            s = s.permute(2, 0, 1)
        logits = torch.addmm(bO, s.flatten(0, 1), O)
        entropy = torch.dot(F.cross_entropy(logits, answers, reduction="none"), weights)
        return entropy + k["saturationWeight"] * saturation

    def adamax(self, t, training):
        rate = self.constants["learningRate"]
        g = torch.cat([leaf.grad.flatten() for leaf in self.leaves])
        with torch.no_grad():
            if training:
                scale = rate * self.constants["noise"]
                g += torch.nn.init.trunc_normal_(torch.empty_like(g), std=scale, a=-2 * scale, b=2 * scale)
            limit = 1.2 * self.v + 1e-4
            g.clamp_(-limit, limit)
            self.m.lerp_(g, 0.1)
            beta2 = 1 - max(5e-4, 0.01 * 0.5 ** (t / 2000))
            torch.maximum(self.v.mul_(beta2), g.abs_(), out=self.v)
            self.flat.addcdiv_(self.m, self.v + 1e-8, value=-rate)

    def step(self, t, data, training):
        loss = self.loss(data, training)
        for leaf in self.leaves:
            leaf.grad = None
        loss.backward()
        self.adamax(t, training)
        return loss.item()

    def parameters(self):
        return {name: leaf.detach() for name, leaf in zip(self.names, self.leaves)}


def measure(case, arguments):
    torch._dynamo.config.recompile_limit = 64  # one graph for each number of bins left, with and without dropout
    torch.manual_seed(1)
    form, _, alone = (arguments.form or ("conv1d" if arguments.compile else "matmul")).partition("-")
    model = Dngpu(case, form, arguments.compile, joined=not alone)
    data = [model.batch(arrays) for arrays in case_file.batches(case)]
    return case_file.measure(
        case,
        lambda i: model.step(i, data[i % len(data)], training=False),
        lambda: {name: tensor.numpy() for name, tensor in model.parameters().items()},
        lambda i: model.step(i, data[i % len(data)], training=True),
    )
