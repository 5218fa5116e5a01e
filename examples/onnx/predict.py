"""Predict with an exported model: onnxruntime and NumPy, nothing else.

    gcnlabel export runs/demo/graph --format onnx --output model.onnx
    python examples/onnx/predict.py model.onnx inputs.npy

``inputs.npy`` holds what the file asks for (it says so): images uint8 [N, C, H, W], or features float32 [N, D]. Without
it, two random inputs are taken. Prints, for each input, the class and its probability, the tags above their thresholds
and the value of each dimension.
"""

import json
import sys

import numpy as np
import onnxruntime


def softmax(scores):
    """Return probabilities of classes [N, classes]."""
    exponent = np.exp(scores - scores.max(1, keepdims=True))
    return exponent / exponent.sum(1, keepdims=True)


def meaning(scores, output):
    """Return what the scores [labels] of one task and one input mean, as text."""
    labels = output["labels"]
    if output["activation"] == "softmax":
        probabilities = softmax(scores[None])[0]
        return f"{labels[probabilities.argmax()]} ({probabilities.max():.2f})"
    if output["activation"] == "sigmoid":
        chosen = 1 / (1 + np.exp(-scores)) >= np.array(output["thresholds"])
        return ", ".join(label for label, yes in zip(labels, chosen, strict=True) if yes) or "none"
    return ", ".join(f"{label} {value:+.2f}" for label, value in zip(labels, scores, strict=True))


def main(model, inputs=None):
    """Print the predictions of a model."""
    session = onnxruntime.InferenceSession(model)
    about = json.loads(session.get_modelmeta().custom_metadata_map["gcnlabel"])
    dtype, shape = about["input"]["dtype"], about["input"]["shape"][1:]
    print(f"takes {dtype} [batch, {', '.join(map(str, shape))}]; preprocessing: {about['input']['preprocessing']}")
    rng = np.random.default_rng(0)
    data = np.load(inputs, allow_pickle=False) if inputs else rng.integers(0, 255, (2, *shape))
    results = session.run(None, {about["input"]["name"]: data.astype(dtype)})
    for i in range(len(data)):
        parts = [
            f"{name}: {meaning(scores[i], output)}"
            for (name, output), scores in zip(about["outputs"].items(), results, strict=True)
        ]
        print(f"{i}: {'; '.join(parts)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
