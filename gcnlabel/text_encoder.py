"""Load text encoders of sentence-transformers and transformers, from a folder or the Hugging Face hub."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
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
    local = _checked(model)
    with _loading(model):
        return library.SentenceTransformer(
            model if local is None else str(local),
            device="cpu",
            trust_remote_code=False,
            local_files_only=local is not None or not download,
            model_kwargs={"use_safetensors": True},
        )


def load_transformer(model: str, *, weights: bool = True) -> tuple[Any, Any]:
    """Return the tokenizer of a text encoder, and its transformer in float32 on the CPU, without the code of the model.

    Args:
        model: Folder of a model of transformers or sentence-transformers, or its name on the hub.
        weights: Whether to load its weights, from safetensors only; otherwise they are random.

    Raises:
        InputError: transformers is not installed, or the model is not available.
    """
    library = optional("transformers", "text", "a text encoder")
    local = _checked(model)
    where = model if local is None else str(_transformer_folder(local))
    how = {"trust_remote_code": False, "local_files_only": local is not None}
    with _loading(model), _without_bars(library):
        tokenizer = library.AutoTokenizer.from_pretrained(where, **how)
        if weights:
            network = library.AutoModel.from_pretrained(where, use_safetensors=True, **how)
        else:
            network = library.AutoModel.from_config(library.AutoConfig.from_pretrained(where, **how))
    return tokenizer, network.float()


def pooling_of(model: str) -> str:
    """Return how a model of sentence-transformers makes one vector of those of its tokens: ``mean`` or ``cls``.

    What says nothing, as a model of transformers does not, is averaged.
    """
    try:
        content = json.loads(Path(model, "1_Pooling", "config.json").expanduser().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "mean"
    modes = content if isinstance(content, dict) else {}
    return "cls" if modes.get("pooling_mode_cls_token") is True or modes.get("pooling_mode") == "cls" else "mean"


def _checked(model: str) -> Path | None:
    """Return the folder of a model, None for a name on the hub."""
    local = Path(model).expanduser()
    if not local.exists():
        return None
    if not (local / "modules.json").is_file() and not (local / "config.json").is_file():
        raise InputError(f"{model} is not a text encoder", expected="a folder with config.json and model.safetensors")
    return local


def _transformer_folder(local: Path) -> Path:
    """Return the folder of the transformer in that of a model of sentence-transformers, or the folder itself."""
    inner = local / "0_Transformer"
    return inner if not (local / "config.json").is_file() and inner.is_dir() else local


@contextmanager
def _without_bars(library: Any) -> Iterator[None]:
    """Keep transformers' progress bars off the terminal."""
    logging = library.utils.logging
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


@contextmanager
def _loading(model: str) -> Iterator[None]:
    """Let whatever hub, network and readers raise become one error."""
    try:
        yield
    except Exception as error:
        reason = str(error).partition("\n")[0]
        raise InputError(
            f"the text encoder {model!r} cannot be loaded: {reason}",
            fix="download the model's folder (config.json, tokenizer, model.safetensors) elsewhere, and give its path",
        ) from error
