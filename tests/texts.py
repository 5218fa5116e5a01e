"""Texts about weather and animals, and a tiny text encoder with drawn weights, for tests of texts as inputs."""

import polars as pl
import torch
import yaml

SUBJECTS, VERBS = (
    ("rain", "snow", "a cat", "two dogs", "the sun"),
    ("falls", "sleeps", "runs", "stays", "is here", "is gone"),
)
TEXTS = tuple(f"{subject} {verb}" for verb in VERBS for subject in SUBJECTS)
TASKS = {
    "about": {"type": "multilabel", "labels": ["weather", "animal"]},
    "size": {"type": "dimensional", "dims": ["letters"]},
}


def tiny_encoder(folder, *, pool=None, seed=0, positions=32):
    """Write a BERT of two layers of width 16 with a tokenizer of whole words, as transformers does."""
    import transformers
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *sorted({word for text in TEXTS for word in text.split()})]
    tokenizer = Tokenizer(models.WordLevel({word: k for k, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizers.Lowercase(), pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names).save_pretrained(folder)
    torch.manual_seed(seed)
    sizes = {
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "initializer_range": 0.2,
    }
    transformers.utils.logging.disable_progress_bar()
    BertModel(BertConfig(vocab_size=len(words), max_position_embeddings=positions, **sizes)).save_pretrained(folder)
    if pool is not None:
        (folder / "1_Pooling").mkdir()
        (folder / "1_Pooling" / "config.json").write_text(f'{{"pooling_mode_cls_token": {str(pool == "cls").lower()}}}')
    return folder


def write_texts(folder, **model):
    """Write a table of texts, with missing cells, an encoder and a config; return the config's path."""
    rows = [*TEXTS, *TEXTS]
    table = {
        "text": rows,
        "split": (["train", "train", "val", "test"] * len(rows))[: len(rows)],
        "weather": [int(text.split()[0] in ("rain", "snow", "the")) for text in rows],
        "animal": [None if k % 7 == 0 else int("cat" in text or "dogs" in text) for k, text in enumerate(rows)],
        "letters": [None if k % 3 else float(len(text)) for k, text in enumerate(rows)],
    }
    pl.DataFrame(table).write_csv(folder / "labels.csv")
    tiny_encoder(folder / "encoder")
    content = {
        "tasks": TASKS,
        "data": {"source": "table", "annotations": f"{folder}/labels.csv", "texts": "text"},
        "graph": {"convention": "signed-weighted", "embeddings": "random:8:0"},
        "model": {"backbone": {"name": "text", "model": f"{folder}/encoder"}, "head": "linear", **model},
        "optimizer": {"lr": 0.01, "backbone": {"lr": 0.002}},
        "training": {"epochs": 2, "batch_size": 8},
        "select": {"metric": "loss", "mode": "min", "split": "val"},
    }
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path
