"""Reads a case file, runs and times a training step, prints the result: what the Python peers share."""

import base64
import json
import sys
import time

import numpy as np


def load(path):
    """The case, with `parameters` and `inputs` as numpy arrays."""
    with open(path) as file:
        case = json.load(file)
    for group in ("parameters", "inputs"):
        case[group] = {name: decode(array) for name, array in case[group].items()}
    return case


def decode(array):
    flat = np.frombuffer(base64.b64decode(array["data"]), dtype=array["dtype"])
    return flat.reshape(array["shape"]).copy()


def encode(array):
    return base64.b64encode(np.ascontiguousarray(array, dtype=np.float32).tobytes()).decode()


def batches(case):
    """A list with the inputs of each batch; inputs that aren't cycled are the same in each."""
    cycled = case["cycled"]
    count = case["sizes"]["batches"]
    return [
        {name: array[k] if name in cycled else array for name, array in case["inputs"].items()}
        for k in range(count)
    ]


def measure(case, step, parameters, timed=None):
    """Runs `step(i)` (trains on batch i modulo their count, returns the loss once the work is done) as the case asks.

    `parameters()` gives name -> numpy array. `timed` is the step whose time is taken where it isn't the checked one; it runs
    once before that. Returns the fields of a result that don't name the peer.
    """
    began = time.perf_counter()
    losses = [float(step(0))]
    compile_s = time.perf_counter() - began
    checked = case["checkedSteps"]
    losses += [float(step(i)) for i in range(1, checked)]
    after = {name: encode(array) for name, array in parameters().items()}
    if timed is not None:
        began = time.perf_counter()
        timed(checked)
        compile_s += time.perf_counter() - began
        checked += 1
    times = []
    processor = []
    for i in range(case["iterations"]):
        start, used = time.perf_counter(), time.process_time()
        (timed or step)(checked + i)
        times.append(1000 * (time.perf_counter() - start))
        processor.append(1000 * (time.process_time() - used))
        if i >= 2 and sum(times) > 1000 * case["maximumSeconds"]:
            break
    return {
        "compile_s": compile_s,
        "checks": {"loss": losses, "parameters": after},
        "times_ms": times,
        "cpu_ms": processor,
    }


def report(result):
    print(json.dumps(result), file=sys.stdout, flush=True)
