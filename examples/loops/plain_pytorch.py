"""A loop of one's own in PyTorch, with mixed precision, weights in a file, and a tag added to the trained head.

python examples/loops/plain_pytorch.py
"""

import tempfile
from pathlib import Path

import torch
from drawn import RECIPE, dataset, draw, draw_elsewhere, model_and_loss, report
from safetensors.torch import load_file, save_file
from torch.utils.data import DataLoader

from gcnlabel.data import whole_batch
from gcnlabel.graph import joined_graph


def main() -> None:
    """Train, keep the weights, add a tag."""
    features, annotations = draw(600, seed=0)
    model, loss = model_and_loss(annotations)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    loader = DataLoader(dataset(600, seed=0), batch_size=64, shuffle=True, collate_fn=whole_batch)
    for epoch in range(5):
        losses = []
        for inputs, targets in loader:
            with torch.autocast("cpu", torch.bfloat16):  # of the backbone alone: scores stay in single precision
                total, of_tasks = loss(model(inputs), targets)
            optimizer.zero_grad()
            total.backward()
            optimizer.step()
            losses.append(torch.stack([total, *of_tasks.values()]).detach())
        means = dict(zip(["loss", *of_tasks], torch.stack(losses).mean(0).tolist(), strict=True))
        print(f"epoch {epoch + 1}:", *(f"{name} {value:.3f}" for name, value in means.items()))
    report(model)

    again, _ = model_and_loss(annotations)
    with tempfile.TemporaryDirectory() as folder:
        save_file(model.state_dict(), Path(folder, "model.safetensors"))
        again.load_state_dict(load_file(Path(folder, "model.safetensors")))

    # "laughter", which no training sample has: its in-neighbours come from annotations elsewhere
    larger = RECIPE.finish(joined_graph(RECIPE.measure(annotations), RECIPE.measure(draw_elsewhere(200))))
    extended = again.extend(larger).eval()
    with torch.no_grad():
        (found,) = extended(features[:1])["tags"].sigmoid().tolist()
    print(*(f"{tag} {value:.2f}" for tag, value in zip(larger.tasks["tags"].labels, found, strict=True)))


if __name__ == "__main__":
    main()
