"""What the engines in Python have in common: the network of a job, node by node (see src/peers/networks.ts)."""


def build(network, images, layer):
    """Applies `layer(node, inputs)` to each node in order; gives the last result."""
    values = {"images": images}
    result = images
    for node in network["nodes"]:
        result = layer(node, [values[name] for name in node["inputs"]])
        values[node["name"]] = result
    return result
