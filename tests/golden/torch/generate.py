"""Networks of PyTorch as it writes them (pip install torch safetensors onnx): weights, ONNX, and what they make of an input."""
import json

import torch
from safetensors.torch import save_file

NETWORKS = {
    "lstm-bidirectional": (torch.nn.LSTM, "lstm", "out", {"num_layers": 2, "bidirectional": True}),
    "gru": (torch.nn.GRU, "encoder.gru", "fc", {"num_layers": 2}),
    "rnn-relu": (torch.nn.RNN, "rnn", "head.linear", {"nonlinearity": "relu"}),
    "rnn-without-biases": (torch.nn.RNN, "rnn", "fc", {"bias": False}),
}



class Network(torch.nn.Module):
    def __init__(self, module, linear):
        super().__init__()
        self.module, self.linear = module, linear

    def forward(self, x):
        return self.linear(self.module(x)[0])


torch.manual_seed(7)
cases = {}
for name, (kind, prefix, readout, options) in NETWORKS.items():
    module = kind(2, 3, **options)
    linear = torch.nn.Linear(6 if options.get("bidirectional") else 3, 3)
    tensors = {f"{prefix}.{k}": v for k, v in module.state_dict().items()}
    tensors |= {f"{readout}.{k}": v for k, v in linear.state_dict().items()}
    save_file(tensors, f"{name}.safetensors")
    x = torch.randn(5, 2, 2)
    network = Network(module, linear)
    with torch.no_grad():
        cases[name] = {"x": x.tolist(), "y": network(x).tolist()}
    axes = {"x": {0: "time", 1: "batch"}}
    torch.onnx.export(network, (x,), f"{name}.onnx", dynamo=False, input_names=["x"], dynamic_axes=axes)
with open("outputs.json", "w") as file:
    json.dump(cases, file)
