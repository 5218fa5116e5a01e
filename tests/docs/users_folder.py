"""The files of a user, drawn: what the pages name in their commands and snippets."""

import numpy as np
from PIL import Image

TASKS = """tasks:
  expression: {type: categorical, classes: [neutral, happy, sad, surprise, fear, disgust, anger]}
  affect: {type: dimensional, dims: [valence, arousal], range: [-1, 1]}
  tags: {type: multilabel, labels: [cat, dog]}
"""
CLASSES = ["neutral", "happy", "sad", "surprise", "fear", "disgust", "anger"]


def write_users_folder(root, rows=140):
    """Write tasks, annotations, features, photographs and word vectors, and a tag more elsewhere."""
    (root / "tasks.yaml").write_text(TASKS)
    (root / "more_tasks.yaml").write_text(TASKS.replace("[cat, dog]", "[cat, dog, cow]"))
    rng = np.random.default_rng(0)
    kind, noise = np.arange(rows) % 7, rng.normal(0, 0.1, rows)
    valence = ((kind - 3) / 4 + noise).clip(-1, 1).round(3)
    split = np.resize(["train", "train", "train", "val", "train", "train", "test"], rows)[rng.permutation(rows)]
    lines = [
        f"{i:03d}.png,{CLASSES[k]},{v},{abs(v)},{int(v > 0)},{i // 2 % 2}"
        for i, (k, v) in enumerate(zip(kind, valence, strict=True))
    ]
    head = "image,expression,valence,arousal,cat,dog"
    (root / "labels.csv").write_text("\n".join([head + ",split", *map(",".join, zip(lines, split, strict=True))]))
    more = [f"{line},{i % 5 // 3}" for i, line in enumerate(lines)]
    (root / "elsewhere.csv").write_text("\n".join([head + ",cow", *more]))
    features = np.eye(7)[kind] + 0.3 * rng.normal(size=(rows, 7))
    np.save(root / "features.npy", features.astype(np.float32))
    (root / "photos").mkdir()
    for i, k in enumerate(kind):
        Image.fromarray((rng.random((16, 16, 3)) * 90 + 20 * k).astype(np.uint8)).save(root / f"photos/{i:03d}.png")
    words = [*CLASSES, "valence", "arousal", "cat", "dog", "cow"]
    vectors = [f"{word} {i % 3} {i % 5} {i % 4 - 1}" for i, word in enumerate(words)]
    (root / "word_vectors.txt").write_text("\n".join(vectors))
