"""The training steps in PyTorch: `pytorch.py case.json [--compile] [--threads N]`."""

import argparse

import case_file
import dngpu_torch
import torch
import torch.nn.functional as F

Tensor = torch.Tensor


class Population:
    """Parameters of all replicas live in one leaf [population, 114]: one norm, one Adam kernel.

    Both layers' recurrent weights form one matrix R [9, 9] that acts on the joined state (h1, h2), and the 1/2 of the
    hard sigmoid is folded into the products: they give clip's argument a = x/2 + 1/2 straight away.
    """

    per_replica = True

    def __init__(self, case):
        s = case["sizes"]
        p, self.i, self.h, self.o = s["population"], s["input"], s["hidden"], s["output"]
        self.n = self.h + self.o
        self.scale = case["constants"]["noiseScale"]
        self.sizes = [self.i * self.h, self.n, self.n * self.n, self.h * self.o]
        w = {name: torch.from_numpy(array) for name, array in case["parameters"].items()}
        recurrent = torch.cat([torch.cat([w["R11"], w["R12"]], 2), torch.cat([w["R21"], w["R22"]], 2)], 1)
        bias = torch.cat([w["b1"], w["b2"]], 1)
        self.leaves = [torch.cat([each.reshape(p, -1) for each in (w["W1"], bias, recurrent, w["W2"])], 1).requires_grad_()]

    def batch(self, arrays):
        time, p, batch, _ = arrays["x"].shape
        x = torch.from_numpy(arrays["x"]).permute(1, 0, 2, 3).reshape(p, time * batch, -1).contiguous()
        noise = torch.cat([torch.from_numpy(arrays["noise1"]), torch.from_numpy(arrays["noise2"])], -1)
        return x, noise, torch.from_numpy(arrays["target"])

    def unpack(self, flat):
        p, h, n = flat.shape[0], self.h, self.n
        w1, bias, recurrent, w2 = flat.split(self.sizes, 1)
        return w1.view(p, self.i, h), bias.view(p, 1, n), recurrent.view(p, n, n), w2.view(p, h, self.o)

    def loss(self, leaves, x, noise, target):
        w1, bias, recurrent, w2 = self.unpack(leaves[0])
        time, p, batch, _ = noise.shape
        half = F.pad(torch.bmm(x, w1 * 0.5), (0, self.o)) + (bias * 0.5 + 0.5)
        half = half.view(p, time, batch, self.n).unbind(1)
        recurrent, w2 = recurrent * 0.5, w2 * 0.5
        noise = (noise * self.scale).unbind(0)
        outputs, state = [], noise[0]
        for t in range(time):
            a = torch.baddbmm(half[t], state, recurrent)
            h1 = a[..., : self.h].clamp(0, 1)
            a2 = torch.baddbmm(a[..., self.h :], h1, w2)
            outputs.append(a2)
            if t + 1 < time:
                state = torch.cat([h1, a2.clamp(0, 1)], -1) + noise[t + 1]
        logits = torch.stack(outputs) * 2 - 1
        return F.binary_cross_entropy_with_logits(logits, target, reduction="sum") / (time * batch)

    def parameters(self):
        h = self.h
        w1, bias, r, w2 = self.unpack(self.leaves[0].detach())
        return {
            "W1": w1, "R11": r[:, :h, :h], "R12": r[:, :h, h:], "R21": r[:, h:, :h], "R22": r[:, h:, h:],
            "b1": bias[:, 0, :h], "b2": bias[:, 0, h:], "W2": w2,
        }  # fmt: skip


class Rnn:
    per_replica = False

    def __init__(self, case):
        self.names = list(case["parameters"])
        self.leaves = [torch.from_numpy(case["parameters"][name]).requires_grad_() for name in self.names]

    def batch(self, arrays):
        return torch.from_numpy(arrays["x"]), torch.from_numpy(arrays["target"]).long().flatten()

    def loss(self, leaves, x, target):
        W, U, b, V, c = leaves
        time, batch, _ = x.shape
        inputs = torch.addmm(b, x.flatten(0, 1), W).view(time, batch, -1).unbind(0)
        states = [torch.tanh(inputs[0])]
        for t in range(1, time):
            states.append(torch.tanh(torch.addmm(inputs[t], states[-1], U)))
        logits = torch.addmm(c, torch.cat(states), V)
        return F.cross_entropy(logits, target)

    def parameters(self):
        return {name: leaf.detach() for name, leaf in zip(self.names, self.leaves)}


class LibraryRnn(Rnn):
    """The recurrence as `torch.rnn_tanh`, whose loop runs in C++."""

    def loss(self, leaves, x, target):
        W, U, b, V, c = leaves
        start = x.new_zeros(1, x.shape[1], U.shape[0])
        weights = [W.t(), U.t(), b, torch.zeros_like(b)]
        states, _ = torch.rnn_tanh(x, start, weights, True, 1, 0.0, True, False, False)
        return F.cross_entropy(torch.addmm(c, states.flatten(0, 1), V), target)


class Lstm(Rnn):
    """torch.nn.LSTM's own path, with its packed weights as the trained leaves. Its second bias is zero, as there is one."""

    gates = "ifgo"

    def __init__(self, case):
        w = {name: torch.from_numpy(array) for name, array in case["parameters"].items()}
        packed = [torch.cat([w[letter + gate].T for gate in self.gates]).contiguous() for letter in "WU"]
        bias = torch.cat([w["b" + gate] for gate in self.gates])
        self.leaves = [leaf.requires_grad_() for leaf in (*packed, bias, *self.extra(w), w["V"], w["c"])]

    def extra(self, w):
        return []

    def layer(self, x, W, U, b):
        zeros = x.new_zeros(1, x.shape[1], U.shape[1])
        return torch.lstm(x, (zeros, zeros), [W, U, b, torch.zeros_like(b)], True, 1, 0.0, True, False, False)[0]

    def loss(self, leaves, x, target):
        *layer, V, c = leaves
        return F.cross_entropy(torch.addmm(c, self.layer(x, *layer).flatten(0, 1), V), target)

    def parameters(self):
        W, U, b, *extra, V, c = (leaf.detach() for leaf in self.leaves)
        count = len(self.gates)
        named = {"V": V, "c": c, **{"an": each for each in extra}}
        for k, gate in enumerate(self.gates):
            named["W" + gate], named["U" + gate] = W.chunk(count)[k].T, U.chunk(count)[k].T
            named["b" + gate] = b.chunk(count)[k]
        return named


class LoopLstm(Lstm):
    """The loop written out: one `addmm` a step."""

    def layer(self, x, W, U, b):
        time, batch, _ = x.shape
        inputs = torch.addmm(b, x.flatten(0, 1), W.t()).view(time, batch, -1).unbind(0)
        recurrent = U.t()
        h = c = x.new_zeros(batch, U.shape[1])
        states = []
        for each in inputs:
            i, f, g, o = torch.addmm(each, h, recurrent).chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            states.append(h)
        return torch.stack(states)


class Gru(Lstm):
    """torch.nn.GRU's own path. Of its second bias only the candidate's part is trained, as r and z have one bias."""

    gates = "rzn"

    def extra(self, w):
        return [w["an"]]

    def layer(self, x, W, U, b, a):
        start = x.new_zeros(1, x.shape[1], U.shape[1])
        second = F.pad(a, (2 * a.shape[0], 0))
        return torch.gru(x, start, [W, U, b, second], True, 1, 0.0, True, False, False)[0]


class LoopGru(Gru):
    """The loop written out: one product a step."""

    def layer(self, x, W, U, b, a):
        time, batch, _ = x.shape
        inputs = torch.addmm(b, x.flatten(0, 1), W.t()).view(time, batch, -1).unbind(0)
        recurrent = U.t()
        second = F.pad(a, (2 * a.shape[0], 0))
        h = x.new_zeros(batch, U.shape[1])
        states = []
        for each in inputs:
            xr, xz, xn = each.chunk(3, 1)
            hr, hz, hn = torch.addmm(second, h, recurrent).chunk(3, 1)
            n = torch.tanh(xn + torch.sigmoid(xr + hr) * hn)
            h = torch.lerp(n, h, torch.sigmoid(xz + hz))
            states.append(h)
        return torch.stack(states)


class DngpuBody:
    """The state is [batch, length, maps]. A convolution is one matrix product with [left, itself, right] joined."""

    per_replica = False

    def __init__(self, case):
        self.names = list(case["parameters"])
        self.leaves = [torch.from_numpy(case["parameters"][name]).requires_grad_() for name in self.names]
        self.steps = case["sizes"]["steps"]
        self.constants = case["constants"]

    def batch(self, arrays):
        return torch.from_numpy(arrays["s"]), torch.from_numpy(arrays["w"])

    def loss(self, leaves, s, w):
        Ku, bu, Kr, br, Kc, bc = leaves
        k = self.constants
        batch, length, maps = s.shape
        g = maps // 3
        keep = maps - 2 * g
        gates_kernel = torch.cat([Ku, Kr], 2).flatten(0, 1)
        gates_bias = torch.cat([bu + k["updateOffset"], br + k["resetOffset"]])
        kernel = Kc.flatten(0, 1)

        def neighbours(padded):
            return torch.cat([padded[:, :-2], padded[:, 1:-1], padded[:, 2:]], 2).view(batch * length, 3 * maps)

        saturation = 0.0
        for _ in range(self.steps):
            padded = F.pad(s, (0, 0, 1, 1))
            gates = torch.addmm(gates_bias, neighbours(padded), gates_kernel).view(batch, length, 2 * maps)
            u, r = (gates * 0.5 + 0.5).clamp(0, 1).split(maps, 2)
            z = torch.addmm(bc, neighbours(F.pad(r * s, (0, 0, 1, 1))), kernel).view(batch, length, maps)
            shifted = torch.cat(
                [s[..., :keep], padded[:, :-2, keep : keep + g], padded[:, 2:, keep + g :]], 2
            )
            s = torch.lerp(z.clamp(-1, 1), shifted, u)
            saturation = saturation + F.relu(gates.abs() - k["saturationLimit"]).sum()
            saturation = saturation + F.relu(z.abs() - k["saturationLimit"]).sum()
        return (s * w).mean() + k["saturationWeight"] * saturation

    def parameters(self):
        return {name: leaf.detach() for name, leaf in zip(self.names, self.leaves)}


class DngpuConvolution(DngpuBody):
    """The state is [batch, maps, length] and convolutions are `F.conv1d`."""

    def batch(self, arrays):
        return tuple(torch.from_numpy(arrays[name]).transpose(1, 2).contiguous() for name in ("s", "w"))

    def loss(self, leaves, s, w):
        Ku, bu, Kr, br, Kc, bc = leaves
        k = self.constants
        maps = s.shape[1]
        g = maps // 3
        keep = maps - 2 * g
        gates_kernel = torch.cat([Ku, Kr], 2).permute(2, 1, 0).contiguous()
        gates_bias = torch.cat([bu + k["updateOffset"], br + k["resetOffset"]])
        kernel = Kc.permute(2, 1, 0).contiguous()
        saturation = 0.0
        for _ in range(self.steps):
            gates = F.conv1d(s, gates_kernel, gates_bias, padding=1)
            u, r = (gates * 0.5 + 0.5).clamp(0, 1).split(maps, 1)
            z = F.conv1d(r * s, kernel, bc, padding=1)
            left = F.pad(s[:, keep : keep + g, :-1], (1, 0))
            right = F.pad(s[:, keep + g :, 1:], (0, 1))
            s = torch.lerp(z.clamp(-1, 1), torch.cat([s[:, :keep], left, right], 1), u)
            saturation = saturation + F.relu(gates.abs() - k["saturationLimit"]).sum()
            saturation = saturation + F.relu(z.abs() - k["saturationLimit"]).sum()
        return (s * w).mean() + k["saturationWeight"] * saturation


models = {
    "population": {"batched": Population},
    "rnn": {"loop": Rnn, "library": LibraryRnn},
    "lstm": {"library": Lstm, "loop": LoopLstm},
    "gru": {"library": Gru, "loop": LoopGru},
    "dngpu-body": {"conv1d": DngpuConvolution, "matmul": DngpuBody},
}


def measure(case, arguments):
    """Trains with Adam, the gradient clipped by its norm."""
    forms = models[case["case"].removesuffix("-128").removesuffix("-512")]
    model = forms[arguments.form or next(iter(forms))](case)
    constants = case["constants"]
    clip = constants["clipNorm"]
    data = [model.batch(arrays) for arrays in case_file.batches(case)]
    adam = torch.optim.Adam(
        model.leaves,
        lr=constants["learningRate"],
        betas=(constants["beta1"], constants["beta2"]),
        eps=constants["epsilon"],
        fused=True,
    )
    loss_function = torch.compile(model.loss) if arguments.compile else model.loss

    def step(i):
        loss = loss_function(model.leaves, *data[i % len(data)])
        adam.zero_grad(set_to_none=True)
        loss.backward()
        gradients = [leaf.grad for leaf in model.leaves]
        if model.per_replica:
            norm = torch.linalg.vector_norm(gradients[0], dim=1, keepdim=True)
            gradients[0].mul_((clip / norm).clamp(max=1))
        else:
            norm = torch.nn.utils.get_total_norm(gradients, foreach=True)
            torch._foreach_mul_(gradients, (clip / norm).clamp(max=1))
        adam.step()
        return loss.item()

    return case_file.measure(
        case, step, lambda: {name: tensor.numpy() for name, tensor in model.parameters().items()}
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("case")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--form", help="how the model is written; default: the fastest here")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    case = case_file.load(arguments.case)
    if case["case"] == "dngpu-step":
        measured = dngpu_torch.measure(case, arguments)
    else:
        measured = measure(case, arguments)
    case_file.report(
        {
            "peer": "pytorch compiled" if arguments.compile else "pytorch eager",
            "version": torch.__version__,
            "threads": torch.get_num_threads(),
            **measured,
        }
    )


if __name__ == "__main__":
    main()
