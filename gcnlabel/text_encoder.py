"""Load sentence encoders of sentence-transformers, from a folder or the Hugging Face hub."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gcnlabel.errors import InputError
from gcnlabel.optional import optional


def load_encoder(model: str, *, download: bool = True) -> Any:
    """Return a ``SentenceTransformer`` on the CPU, with weights only from safetensors, and without the model's code.

    Args:
        model: Folder of a model, or its name on the hub.
        download: Whether it may be downloaded from the hub.

    Raises:
        InputError: sentence-transformers is not installed, or the model cannot be loaded.
    """
    library = optional("sentence_transformers", "text", "a text encoder")
    local = Path(model).expanduser()
    if local.exists() and not (local / "modules.json").is_file() and not (local / "config.json").is_file():
        raise InputError(f"{model} is not a text encoder", expected="a folder with config.json and model.safetensors")
    try:
        return library.SentenceTransformer(
            str(local) if local.exists() else model,
            device="cpu",
            trust_remote_code=False,
            local_files_only=local.exists() or not download,
            model_kwargs={"use_safetensors": True},
        )
    except Exception as error:  # hub, network and readers raise errors of many types
        reason = str(error).partition("\n")[0]
        raise InputError(
            f"the text encoder {model!r} cannot be loaded: {reason}",
            fix="download the model's folder (config.json, tokenizer, model.safetensors) elsewhere, and give its path",
        ) from error
