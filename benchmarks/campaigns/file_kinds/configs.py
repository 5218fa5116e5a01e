"""YAML: configs and tasks."""

from __future__ import annotations

from pathlib import Path

from file_kinds.kind import file_kind, texts
from gcnlabel.config import dump_config, load_config
from gcnlabel.run.tasks import tasks_of
from gcnlabel.tasks import TaskSet

TASKS = """tasks:
  mood: {type: categorical, classes: [sad, happy, "calm"], columns: {sad: s}}
  tags:
    type: multilabel
    labels: &labels [cat, dog]
  affect: {type: dimensional, dims: [valence, arousal], range: [-1, 1.5]}
"""
CONFIG = (
    TASKS
    + """seed: 3
standardize: true
data: {source: table, annotations: a.csv, features: "${NOWHERE:-x.npy}", missing: [NA, "nan"], split_column: split}
graph: {statistic: {tags: phi, "tags:affect": spearman}, tau: 0.1, p: {mood: 0.5}, embeddings: "random:8:0"}
model:
  backbone: {name: mlp, hidden: [64, 32], dropout: 0.5}
  head: {name: graph, hidden_channels: [16], conv: gat}
loss: {tags: {name: bce, weight: 2}, mood: {class_weights: true}}
optimizer: {name: sgd, lr: 1.0e-3, momentum: .9, schedule: step}
training: {epochs: 10, batch_size: 35, precision: 32-true}
select: {metric: tags/map, mode: max, split: val}
"""
)
PRESET = "extends: synthetic-faces\ntraining: {epochs: 3, augment: flip}\nmodel: {head: {name: linear}}\nseed: null\n"


@file_kind("config", texts(whole__yaml=CONFIG, short__yaml=PRESET), "*.yaml")
def _read_config(path: Path) -> None:
    config = load_config(path)
    dump_config(config)
    tasks_of(config)


@file_kind("tasks", texts(tasks__yaml=TASKS), "tasks.yaml")
def _read_tasks(path: Path) -> object:
    return TaskSet.from_yaml(path).to_declarations()
