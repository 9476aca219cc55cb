"""Networks of PyTorch as it writes them (pip install torch safetensors): weights, and what they make of an input."""
import json

import torch
from safetensors.torch import save_file

NETWORKS = {
    "lstm-bidirectional": (torch.nn.LSTM, "lstm", "out", {"num_layers": 2, "bidirectional": True}),
    "gru": (torch.nn.GRU, "encoder.gru", "fc", {"num_layers": 2}),
    "rnn-relu": (torch.nn.RNN, "rnn", "head.linear", {"nonlinearity": "relu"}),
    "rnn-without-biases": (torch.nn.RNN, "rnn", "fc", {"bias": False}),
}

torch.manual_seed(7)
cases = {}
for name, (kind, prefix, readout, options) in NETWORKS.items():
    module = kind(2, 3, **options)
    linear = torch.nn.Linear(6 if options.get("bidirectional") else 3, 3)
    tensors = {f"{prefix}.{k}": v for k, v in module.state_dict().items()}
    tensors |= {f"{readout}.{k}": v for k, v in linear.state_dict().items()}
    save_file(tensors, f"{name}.safetensors")
    x = torch.randn(5, 2, 2)
    with torch.no_grad():
        cases[name] = {"x": x.tolist(), "y": linear(module(x)[0]).tolist()}
with open("outputs.json", "w") as file:
    json.dump(cases, file)
