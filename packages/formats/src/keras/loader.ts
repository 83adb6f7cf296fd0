/** A Python module that builds the model of the `.safetensors` file beside it, of the same name, in Keras 3. */
export const LOADER = `"""Builds the model of the .safetensors file beside this one in Keras 3. Written by Weft.

    from NAME import load
    model = load()
"""
import json
import pathlib
import struct

import keras
import numpy as np


def read(path):
    """What a safetensors file holds: its metadata, and its arrays by name."""
    data = pathlib.Path(path).read_bytes()
    begin = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:begin])
    metadata = header.pop("__metadata__")
    arrays = {}
    for name, entry in header.items():
        first, last = entry["data_offsets"]
        arrays[name] = np.frombuffer(data[begin + first : begin + last], "<f4").reshape(entry["shape"])
    return metadata, arrays


def build(plan):
    """The model that a plan describes, with weights of its own. One of several inputs takes them by name."""
    layers = [build(each) if "layers" in each else keras.layers.deserialize(each) for each in plan["layers"]]
    if "nodes" not in plan:
        return keras.Sequential([keras.Input(plan["input_shape"], dtype=plan["dtype"]), *layers], name=plan["name"])
    inputs = {each["name"]: keras.Input(each["shape"], name=each["name"], dtype=each["dtype"]) for each in plan["inputs"]}
    several = len(inputs) > 1
    results = []

    def tensors(source):
        if isinstance(source, list):
            return [tensors(each) for each in source]
        if "named" in source:
            return {name: tensors(each) for name, each in source["named"].items()}
        if "input" in source:
            return inputs[source["input"]]
        result = results[source["node"]]
        return result[source["output"]] if "output" in source else result

    for node in plan["nodes"]:
        layer, given = layers[node["layer"]], tensors(node["inputs"])
        names = plan["layers"][node["layer"]].get("inputs", [])
        if isinstance(given, list) and len(names) > 1:
            given = {each["name"]: tensor for each, tensor in zip(names, given)}
        elif isinstance(given, dict) and len(names) == 1:
            (given,) = given.values()
        results.append(layer(given))
    taken = inputs if several else next(iter(inputs.values()))
    return keras.Model(taken, tensors(plan["outputs"]), name=plan["name"])


def fill(model, names, arrays, prefix=""):
    """Gives each layer its weights, by its path."""
    for layer in model.layers:
        path = prefix + layer.name
        if isinstance(layer, keras.Model):
            fill(layer, names, arrays, path + "/")
        own = [arrays[name] for name in names if name.rpartition("/")[0] == path]
        if own:
            layer.set_weights(own)


def load(path=pathlib.Path(__file__).with_suffix(".safetensors")):
    """The model with its weights."""
    metadata, arrays = read(path)
    model = build(json.loads(metadata["keras.model"]))
    fill(model, json.loads(metadata["keras.weights"]), arrays)
    return model


if __name__ == "__main__":
    load().summary()
`;
