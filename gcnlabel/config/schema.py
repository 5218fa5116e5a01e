"""What a training config may say: every key, its type and its default."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, PositiveFloat, PositiveInt, model_validator

from gcnlabel.config.head import HeadConfig as HeadConfig
from gcnlabel.config.sources import Source
from gcnlabel.settings import ClassWeights, Section, Share, ShareOrShares, Sizes


class Graph(Section):
    """Where the label graph comes from and how it is made a propagation matrix.

    Attributes:
        file: A finished graph (``gcnlabel build-graph``); then nothing else may be given but ``embeddings``.
        statistic: ``task:task`` -> statistic, measured on the training split; None for the default of each pair.
        borrowed: ``task:task`` -> where that block comes from instead of the training split: ``emotic:PATH`` (its
            conditional probabilities), a raw graph (.safetensors) or a matrix with names (.csv).
        convention: One of the named conventions.
        tau: Threshold instead of the convention's.
        p: Weight of the neighbours instead of the convention's, or task -> weight (not in ``ml-gcn-code``).
        embeddings: ``emotion-words``, ``one-hot``, ``random:SIZE:SEED`` or a file of word vectors.
        missing_words: What to do about words of labels that have no vector.
    """

    file: str | None = None
    statistic: dict[str, str] | None = None
    borrowed: dict[str, str] = Field(default={})
    convention: str = "emotion-gcn-paper"
    tau: Share | None = None
    p: ShareOrShares | None = None
    embeddings: str | None = None
    missing_words: Literal["error", "skip", "random", "zero"] = "error"

    @model_validator(mode="after")
    def _file_alone(self) -> Graph:
        beside = [name for name in ("statistic", "borrowed", "tau", "p") if getattr(self, name) not in (None, {})]
        if self.file is not None and beside:
            raise ValueError(f"{', '.join(beside)} beside a file, whose graph is finished")
        return self


class BackboneConfig(Section):
    """The backbone; ``hidden`` and ``dropout`` belong to ``mlp``, ``widths`` to ``small_cnn``.

    ``relu`` puts a ReLU before the pooling of ``densenet121``, as torchvision's classifier does.

    ``scaling`` is how grey values 0..255 reach an image backbone: ``symmetric`` (-1..1, the default) or ``imagenet``
    (0..1, less ImageNet's mean, over its deviation: what published and pretrained weights expect).
    """

    name: Literal["identity", "mlp", "small_cnn", "densenet121", "resnet18", "resnet50", "resnet101", "breg_next"] = (
        "small_cnn"
    )
    hidden: Sizes | None = None
    dropout: Annotated[float, Field(ge=0, lt=1)] | None = None
    widths: Sizes | None = None
    pool: Literal["max", "average"] | None = None
    pretrained: bool | None = None
    relu: bool | None = None
    scaling: Literal["symmetric", "imagenet"] | None = None


class Model(Section):
    """Backbone and head."""

    backbone: BackboneConfig = BackboneConfig()
    head: HeadConfig = HeadConfig()


class Loss(Section):
    """Loss of one task.

    Attributes:
        name: ``cross_entropy``, ``bce``, ``asymmetric``, ``ccc`` or ``mse``; None for the default of the task's type.
        weight: Its weight in the total; None for 0.1 of dimensions beside classes or tags, and 1 of all else.
        class_weights: Of classes, true for ``f_min / f_i`` of the training split (Emotion-GCN, Eq. 8 and 9), or class
            -> weight. Of tags, true so that the samples in which a tag is absent and those in which it is present weigh
            the same together, or tag -> [weight where absent, weight where present]. What is left out weighs 1.
    """

    name: Literal["cross_entropy", "bce", "asymmetric", "ccc", "mse"] | None = None
    weight: Annotated[float, Field(ge=0)] | None = None
    class_weights: ClassWeights = False


class Optimizer(Section):
    """The optimizer and how its learning rate falls."""

    name: Literal["sgd", "adamw"] = "adamw"
    lr: PositiveFloat = 0.001
    weight_decay: Annotated[float, Field(ge=0)] = 0.01
    momentum: Share = 0.9
    schedule: Literal["constant", "cosine", "step"] = "constant"
    step_epochs: PositiveInt = 10
    step_factor: Share = 0.1


class Training(Section):
    """How long, in what portions, and how fast.

    Attributes:
        epochs: Number of epochs.
        batch_size: Samples in a batch of one device.
        scarce_samples: Samples added to each batch, of those that annotate a label so rare that a batch would hold few
            of it; see :func:`gcnlabel.training.scarce_rows`.
        workers: Processes that load.
        precision: Lightning's; bf16-mixed pays on GPUs with bfloat16 units, and never on a CPU without them.
        augment: What is done to training images.
        augment_on: Whether the loader augments, on the CPU, or the device that trains.
        channels_last: Keep images and convolutions with their channels last, as GPUs' tensor cores want them.
        compile: Compile the backbone (``torch.compile``), which takes minutes, for training and evaluation and for
            whole batches and the last.
        tensorboard: Whether to log for TensorBoard too.
    """

    epochs: PositiveInt = 10
    batch_size: PositiveInt = 35
    scarce_samples: Annotated[int, Field(ge=0)] = 64
    workers: Annotated[int, Field(ge=0)] = 0
    precision: Literal["32-true", "bf16-mixed", "16-mixed", "64-true"] = "32-true"
    augment: Literal["none", "flip", "faces"] = "none"
    augment_on: Literal["loader", "device"] = "loader"
    channels_last: bool = False
    compile: bool = False
    tensorboard: bool = False


class Select(Section):
    """Which epoch is kept as the best: by which metric, on which split.

    Attributes:
        metric: ``loss`` or ``task/metric``.
        mode: Whether more or less of it is better.
        split: ``val``; ``test`` is allowed, and is then printed with the result.
    """

    metric: str = "loss"
    mode: Literal["min", "max"] = "min"
    split: Literal["val", "test"] = "val"


class Evaluate(Section):
    """What is reported, and whether the decision thresholds of tags are tuned on the held-out split."""

    split: Literal["test", "val", "train"] = "test"
    tune_thresholds: bool = False


class Config(Section):
    """A whole run.

    Attributes:
        tasks: The tasks, or the file that declares them; None where the data brings its own.
        only_tasks: Names of the tasks that are trained, of those that the data annotates; None for all.
        standardize: Whether features are scaled by the mean and deviation of the training split.
        standardize_targets: Whether dimensions are learned in standard units (mean and deviation of the annotated
            training targets). They are predicted in the user's units either way. Off in the papers' presets.
        weighting: How the losses, times their ``loss.<task>.weight``, become one: ``fixed``, their sum;
            ``uncertainty``, with weights that are learned; or ``module:attribute``, a scheme of one's own (see
            :class:`gcnlabel.losses.SchemeWeighting`). Where weights change, so does the meaning of ``select.metric:
            loss``: a metric of a task says better which epoch is best.
    """

    tasks: str | dict[str, Any] | None = None
    only_tasks: Annotated[list[str], Field(min_length=1)] | None = None
    data: Source
    standardize: bool = False
    standardize_targets: bool = True
    graph: Graph = Graph()
    model: Model = Model()
    loss: dict[str, Loss] = Field(default={})
    weighting: str = "fixed"
    optimizer: Optimizer = Optimizer()
    training: Training = Training()
    select: Select = Select()
    evaluate: Evaluate = Evaluate()
    seed: Annotated[int, Field(ge=0)] = 0
