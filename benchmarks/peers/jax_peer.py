"""The training steps in JAX: `jax_peer.py case.json [--threads N]`. One jitted step, `lax.scan`, donated buffers."""

import argparse
import os


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("case")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--form", help="how the model is written; default: the fastest here")
    parser.add_argument("--unroll", type=int, help="steps of the scan's body; default: the fastest here")
    return parser.parse_args()


given = arguments()
# XLA sizes its thread pool when it is loaded.
os.environ["NPROC"] = str(given.threads)
if given.threads == 1:
    os.environ["XLA_FLAGS"] = os.environ.get("XLA_FLAGS", "") + " --xla_cpu_multi_thread_eigen=false"
os.environ["JAX_PLATFORMS"] = "cpu"

import case_file  # noqa: E402
import dngpu_jax  # noqa: E402
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
from jax import lax  # noqa: E402


def hard_sigmoid(x):
    return jnp.clip(x * 0.5 + 0.5, 0.0, 1.0)


def population(case, unroll, form):
    scale = case["constants"]["noiseScale"]
    hidden = case["sizes"]["hidden"]

    def product(a, b):
        if form == "sum":  # a product this small can be cheaper as a fused elementwise loop
            return sum(a[..., :, k, None] * b[..., None, k, :] for k in range(a.shape[-1]))
        return jnp.matmul(a, b)

    def loss(p, batch):
        x, target = batch["x"], batch["target"]
        time, count, size, _ = x.shape
        recurrent = jnp.concatenate(
            [jnp.concatenate([p["R11"], p["R12"]], 2), jnp.concatenate([p["R21"], p["R22"]], 2)], 1
        )
        first = product(x, p["W1"]) + p["b1"][:, None]
        second = jnp.broadcast_to(p["b2"][:, None], (time, count, size, 1))
        inputs = jnp.concatenate([first, second], -1)
        noise = scale * jnp.concatenate([batch["noise1"], batch["noise2"]], -1)

        def body(state, each):
            sums, disturbance = each
            a = product(state + disturbance, recurrent) + sums
            h1 = hard_sigmoid(a[..., :hidden])
            z = a[..., hidden:] + product(h1, p["W2"])
            return jnp.concatenate([h1, hard_sigmoid(z)], -1), z

        _, z = lax.scan(body, jnp.zeros(inputs.shape[1:]), (inputs, noise), unroll=unroll)
        each = jnp.maximum(z, 0) - z * target + jnp.log1p(jnp.exp(-jnp.abs(z)))
        return each.sum() / (time * size)

    return loss


def rnn(case, unroll, form):
    def loss(p, batch):
        x, target = batch["x"], batch["target"]
        inputs = x @ p["W"] + p["b"]

        def body(h, each):
            h = jnp.tanh(each + h @ p["U"])
            return h, h

        _, states = lax.scan(body, jnp.zeros(inputs.shape[1:]), inputs, unroll=unroll)
        logits = jax.nn.log_softmax(states @ p["V"] + p["c"])
        return -jnp.take_along_axis(logits, target[..., None], -1).mean()

    return loss


def joined(p, letter, gates):
    return jnp.concatenate([p[letter + gate] for gate in gates], -1)


def readout(p, states, target):
    logits = jax.nn.log_softmax(states @ p["V"] + p["c"])
    return -jnp.take_along_axis(logits, target[..., None], -1).mean()


def lstm(case, unroll, form):
    def loss(p, batch):
        W, U, b = (joined(p, letter, "ifgo") for letter in "WUb")
        inputs = batch["x"] @ W + b

        def body(state, each):
            h, c = state
            i, f, g, o = jnp.split(each + h @ U, 4, -1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (h, c), h

        start = jnp.zeros((inputs.shape[1], U.shape[0]))
        _, states = lax.scan(body, (start, start), inputs, unroll=unroll)
        return readout(p, states, batch["target"])

    return loss


def gru(case, unroll, form):
    def loss(p, batch):
        W, U, b = (joined(p, letter, "rzn") for letter in "WUb")
        inputs = batch["x"] @ W + b

        def body(h, each):
            xr, xz, xn = jnp.split(each, 3, -1)
            hr, hz, hn = jnp.split(h @ U, 3, -1)
            z = jax.nn.sigmoid(xz + hz)
            n = jnp.tanh(xn + jax.nn.sigmoid(xr + hr) * (hn + p["an"]))
            h = n + z * (h - n)
            return h, h

        _, states = lax.scan(body, jnp.zeros((inputs.shape[1], U.shape[0])), inputs, unroll=unroll)
        return readout(p, states, batch["target"])

    return loss


def dngpu_body(case, unroll, form):
    k = case["constants"]
    maps = case["sizes"]["maps"]
    g = maps // 3
    keep = maps - 2 * g

    def pad(s):
        return jnp.pad(s, ((0, 0), (1, 1), (0, 0)))

    def convolve(s, kernel):
        if form == "convolution":
            return lax.conv_general_dilated(s, kernel, (1,), ((1, 1),), dimension_numbers=("NHC", "HIO", "NHC"))
        padded = pad(s)
        joined = jnp.concatenate([padded[:, :-2], s, padded[:, 2:]], 2)
        return joined @ kernel.reshape(3 * maps, -1)

    def loss(p, batch):
        gates_kernel = jnp.concatenate([p["Ku"], p["Kr"]], 2)
        gates_bias = jnp.concatenate([p["bu"] + k["updateOffset"], p["br"] + k["resetOffset"]])

        def excess(z):
            return jax.nn.relu(jnp.abs(z) - k["saturationLimit"]).sum()

        def body(carry, _):
            s, saturation = carry
            padded = pad(s)
            gates = convolve(s, gates_kernel) + gates_bias
            u, r = jnp.split(hard_sigmoid(gates), 2, 2)
            z = convolve(r * s, p["Kc"]) + p["bc"]
            shifted = jnp.concatenate(
                [s[..., :keep], padded[:, :-2, keep : keep + g], padded[:, 2:, keep + g :]], 2
            )
            s = u * shifted + (1 - u) * jnp.clip(z, -1.0, 1.0)
            return (s, saturation + excess(gates) + excess(z)), None

        (s, saturation), _ = lax.scan(
            body, (batch["s"], jnp.float32(0)), None, length=case["sizes"]["steps"], unroll=unroll
        )
        return (s * batch["w"]).mean() + k["saturationWeight"] * saturation

    return loss


# Of each case: the model, its default form and unrolling (the fastest of 1, 5 and 10, and of
# the forms, on two cores).
models = {
    "population": (population, "product", 10),
    "rnn": (rnn, "product", 1),
    "lstm-128": (lstm, "product", 1),
    "lstm-512": (lstm, "product", 1),
    "gru-128": (gru, "product", 1),
    "gru-512": (gru, "product", 1),
    "dngpu-body": (dngpu_body, "product", 1),
}


def measure(case):
    """Trains with Adam, the gradient clipped by its norm."""
    model, form, unroll = models[case["case"]]
    loss = model(case, given.unroll or unroll, given.form or form)
    k = case["constants"]
    per_replica = case["case"] == "population"

    def squares(gradient):
        return jnp.sum(gradient * gradient, axis=tuple(range(1, gradient.ndim)) if per_replica else None)

    def train(parameters, first, second, count, batch):
        value, gradients = jax.value_and_grad(loss)(parameters, batch)
        norm = jnp.sqrt(sum(squares(gradient) for gradient in gradients.values()))
        scale = jnp.minimum(1.0, k["clipNorm"] / norm)
        count = count + 1
        rate = k["learningRate"] * jnp.sqrt(1 - k["beta2"] ** count) / (1 - k["beta1"] ** count)
        root = jnp.sqrt(1 - k["beta2"] ** count)

        def update(p, m, v, gradient):
            factor = scale.reshape(scale.shape + (1,) * (p.ndim - scale.ndim)) if per_replica else scale
            gradient = gradient * factor
            m = k["beta1"] * m + (1 - k["beta1"]) * gradient
            v = k["beta2"] * v + (1 - k["beta2"]) * gradient * gradient
            return p - rate * m / (jnp.sqrt(v) + k["epsilon"] * root), m, v

        updated = {n: update(parameters[n], first[n], second[n], gradients[n]) for n in parameters}
        return *({n: each[i] for n, each in updated.items()} for i in range(3)), count, value

    train = jax.jit(train, donate_argnums=(0, 1, 2, 3))
    data = [jax.device_put(arrays) for arrays in case_file.batches(case)]
    parameters = {n: jnp.array(array) for n, array in case["parameters"].items()}
    zeros = lambda: {n: jnp.zeros_like(array) for n, array in parameters.items()}  # noqa: E731
    state = [parameters, zeros(), zeros(), jnp.float32(0)]
    jax.block_until_ready([data, state])

    def step(i):
        *state[:], value = train(*state, data[i % len(data)])
        jax.block_until_ready((state, value))
        return value

    return case_file.measure(case, step, lambda: state[0])


def main():
    case = case_file.load(given.case)
    if case["case"] == "dngpu-step":
        measured = dngpu_jax.measure(case, given)
    else:
        measured = measure(case)
    case_file.report({"peer": "jax", "version": jax.__version__, "threads": given.threads, **measured})


if __name__ == "__main__":
    main()
