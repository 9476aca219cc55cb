"""The whole training step of the DNGPU in JAX (equations: `makeDngpuStep` in cases.ts).

One jitted step with donated buffers, one `lax.scan` for each bin. With `--form X-together` all bins run at once: they lie one
after another along the positions, longest first, with an empty position between two (the mask keeps it 0), and a bin leaves
when its steps are done; slower here.
"""

from functools import partial

import case_file
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

# Dropout keeps a value if a random byte is less than 230: keep = 0.898. Bytes of the "unsafe_rbg" generator, the fastest here.
KEPT_BYTES = 230


def shift(x, by):
    """Each position's left (by = 1) or right (−1) neighbour, zero at the edge. x: [positions, batch, maps]."""
    edge = jnp.zeros_like(x[:1])
    return jnp.concatenate([edge, x[:-1]] if by > 0 else [x[1:], edge])


def convolve(x, kernel, form):
    maps = x.shape[2]
    if form == "taps":  # a product for each tap
        return shift(x @ kernel[0], 1) + x @ kernel[1] + shift(x @ kernel[2], -1)
    joined = jnp.concatenate([shift(x, 1), x, shift(x, -1)], 2)
    return joined @ kernel.reshape(3 * maps, -1)


class Dngpu:
    def __init__(self, case, form, unroll):
        self.form, _, together = form.partition("-")
        self.unroll = unroll
        self.constants = case["constants"]
        self.batch_size = case["sizes"]["batch"]
        self.maps = case["sizes"]["maps"]
        self.bins = [int(length) for length in case["inputs"]["bins"]]
        order = sorted(range(len(self.bins)), key=lambda i: -self.bins[i])
        self.groups = [order] if together else [[i] for i in order]
        parameters = {name: jnp.array(array) for name, array in case["parameters"].items()}
        full = lambda value: {name: jnp.full_like(array, value) for name, array in parameters.items()}  # noqa: E731
        self.state = (
            parameters, full(0), full(self.constants["firstLargest"]), jax.random.key(1, impl="unsafe_rbg")
        )  # fmt: skip
        self.train = jax.jit(self.train, static_argnums=3, donate_argnums=0)

    def batch(self, arrays):
        """Of each group: symbols, answers, mask and weights of the answers' cross-entropies, all [positions, batch]."""

        def group(order):
            parts = []
            for i in order:
                length = self.bins[i]
                rows = lambda a: np.pad(a[:, :length].T, ((0, 1), (0, 0)))  # noqa: B023, E731
                mask = rows(np.arange(length) < arrays["lengths"][i][:, None]).astype(np.float32)
                parts.append((rows(arrays["symbols"][i]), rows(arrays["answers"][i]), mask, mask / mask.sum() / len(self.bins)))
            return tuple(jnp.asarray(np.concatenate(each)) for each in zip(*parts))

        return [group(order) for order in self.groups]

    def loss(self, p, batch, key, training):
        return sum(
            self.group_loss(p, order, jax.random.fold_in(key, i), training, *data)
            for i, (order, data) in enumerate(zip(self.groups, batch))
        )

    def group_loss(self, p, order, key, training, symbols, answers, mask, weights):
        k = self.constants
        maps = self.maps
        g = maps // 3
        kept = maps - 2 * g
        lengths = [self.bins[i] for i in order]

        def column(value):  # a number a position, 0 for the empty one after each bin
            return np.concatenate([np.append(np.full(n, value(n)), 0) for n in lengths]).astype(np.float32)[:, None, None]

        weight = column(lambda n: 1 / (n**2 * self.batch_size * len(self.bins)))
        mask = mask[..., None]
        keep = KEPT_BYTES / 256
        gates_kernel = jnp.concatenate([p["Ku"], p["Kr"]], 2)
        gates_bias = jnp.concatenate([p["bu"] + k["updateOffset"], p["br"] + k["resetOffset"]])

        def dropout(x, key):
            if not training:
                return x
            return jnp.where(jax.random.bits(key, x.shape, jnp.uint8) < KEPT_BYTES, x * (1 / keep), 0)

        def excess(z, weight):
            return (jax.nn.relu(jnp.abs(z) - k["saturationLimit"]) * weight).sum()

        def body(mask, weight, carry, key):
            s, saturation = carry
            gates = convolve(s, gates_kernel, self.form) + gates_bias
            u, r = jnp.split(jnp.clip(gates * 0.5 + 0.5, 0, 1), 2, 2)
            z = convolve(r * s, p["Kc"], self.form) + p["bc"]
            c = dropout(jnp.clip(z, -1, 1), key)
            shifted = jnp.concatenate(
                [s[..., :kept], shift(s[..., kept : kept + g], 1), shift(s[..., kept + g :], -1)], 2
            )
            s = (c + u * (shifted - c)) * mask
            return (s, saturation + excess(gates, weight) + excess(z, weight)), None

        ze = p["E"][symbols] + p["bE"]
        key, own = jax.random.split(key)
        carry = dropout(jnp.clip(ze, -1, 1), own) * mask, excess(ze, weight * column(float))
        finished, done = [], 0
        for count in range(len(lengths), 0, -1):
            rows = sum(n + 1 for n in lengths[:count])
            finished.append(carry[0][rows:])
            key, own = jax.random.split(key)
            keys = jax.random.split(own, lengths[count - 1] - done)
            carry, _ = lax.scan(
                partial(body, mask[:rows], weight[:rows]), (carry[0][:rows], carry[1]), keys, unroll=self.unroll
            )
            done = lengths[count - 1]
        s, saturation = carry
        logits = jax.nn.log_softmax(jnp.concatenate([s, *reversed(finished)]) @ p["O"] + p["bO"])
        entropy = -(jnp.take_along_axis(logits, answers[..., None], 2)[..., 0] * weights).sum()
        return entropy + k["saturationWeight"] * saturation

    def train(self, state, t, batch, training):
        parameters, first, second, key = state
        key, own, noise = jax.random.split(key, 3)
        value, gradients = jax.value_and_grad(self.loss)(parameters, batch, own, training)
        rate = self.constants["learningRate"]
        beta2 = 1 - jnp.maximum(5e-4, 0.01 * 0.5 ** (t / 2000))

        def update(p, m, v, g, key):
            if training:
                g = g + rate * self.constants["noise"] * jax.random.truncated_normal(key, -2, 2, g.shape)
            limit = 1.2 * v + 1e-4
            g = jnp.clip(g, -limit, limit)
            m = 0.9 * m + 0.1 * g
            v = jnp.maximum(beta2 * v, jnp.abs(g))
            return p - rate * m / (v + 1e-8), m, v

        keys = dict(zip(parameters, jax.random.split(noise, len(parameters))))
        updated = {n: update(parameters[n], first[n], second[n], gradients[n], keys[n]) for n in parameters}
        return (*({n: each[i] for n, each in updated.items()} for i in range(3)), key), value

    def step(self, t, data, training):
        self.state, value = self.train(self.state, jnp.float32(t), data, training)
        jax.block_until_ready((self.state, value))
        return value

    def parameters(self):
        return self.state[0]


def measure(case, arguments):
    model = Dngpu(case, arguments.form or "taps", arguments.unroll or 1)
    data = [model.batch(arrays) for arrays in case_file.batches(case)]
    return case_file.measure(
        case,
        lambda i: model.step(i, data[i % len(data)], False),
        model.parameters,
        lambda i: model.step(i, data[i % len(data)], True),
    )
