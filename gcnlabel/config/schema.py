"""What a training config may say: every key, its type and its default."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PositiveFloat, PositiveInt

from gcnlabel.config.graph import Graph as Graph
from gcnlabel.data.augmentation import AUGMENTATIONS
from gcnlabel.data.mixing import MIXINGS
from gcnlabel.losses import LOSSES, WEIGHTINGS
from gcnlabel.losses.task_loss import LossPart
from gcnlabel.nn import BACKBONES, HEADS
from gcnlabel.nn.backbone import BackbonePart
from gcnlabel.nn.heads import HeadPart
from gcnlabel.registry import Part
from gcnlabel.settings import Section
from gcnlabel.sources import SOURCES, DataSource
from gcnlabel.training.loggers import LOGGERS
from gcnlabel.training.optimizers import OPTIMIZERS, OptimizerPart
from gcnlabel.training.test_time import TEST_TIME


class Model(Section):
    """Backbone and head.

    Attributes:
        backbone: Inputs in, features out; see :mod:`gcnlabel.nn.backbones`.
        head: Features in, scores of every task out; see :mod:`gcnlabel.nn.heads`.
    """

    backbone: Annotated[BackbonePart, BACKBONES] = Field(default_factory=partial(BACKBONES.parse, "small_cnn"))
    head: Annotated[HeadPart, HEADS] = Field(default_factory=partial(HEADS.parse, "default"))


class Training(Section):
    """How long, in what portions, and how fast.

    Attributes:
        epochs: Number of epochs.
        batch_size: Samples in a batch of one device.
        rare_samples: Samples added to each batch, of those that annotate a label so rare that a batch would hold few
            of it; see :func:`gcnlabel.training.rare_rows`.
        min_steps: Batches of the whole training, at least: an epoch goes over few samples several times.
        patience: Epochs without an improvement of ``select.metric`` after which training ends; None for never.
        clip: Largest norm of the gradient of all parameters together: a larger one is scaled to it; None for no bound.
        accumulate: Batches whose mean gradient makes one step of the optimizer.
        average: Decay of the exponential moving average of the weights that is measured and kept instead of them, e.g.
            0.999 a step; None for none.
        workers: Processes that load.
        precision: Lightning's; bf16-mixed pays on GPUs with bfloat16 units, and never on a CPU without them.
        augment: What is done to training images.
        augment_on: Whether the loader augments, on the CPU, or the device that trains.
        mix: How samples of a batch are mixed; null for not at all.
        channels_last: Keep images and convolutions with their channels last, as GPUs' tensor cores want them.
        compile: Compile the backbone (``torch.compile``), which takes minutes, for training and evaluation and for
            whole batches and the last.
        loggers: What logs beside ``metrics.csv`` of the run folder; see :mod:`gcnlabel.training.loggers`.
    """

    epochs: PositiveInt = 10
    batch_size: PositiveInt = 35
    rare_samples: Annotated[int, Field(ge=0)] = 64
    min_steps: Annotated[int, Field(ge=0)] = 0
    patience: PositiveInt | None = None
    clip: PositiveFloat | None = None
    accumulate: PositiveInt = 1
    average: Annotated[float, Field(gt=0, lt=1)] | None = None
    workers: Annotated[int, Field(ge=0)] = 0
    precision: Literal["32-true", "bf16-mixed", "16-mixed", "64-true"] = "32-true"
    augment: Annotated[Part, AUGMENTATIONS] = Field(default_factory=partial(AUGMENTATIONS.parse, "none"))
    augment_on: Literal["loader", "device"] = "loader"
    mix: Annotated[Part, MIXINGS] | None = None
    channels_last: bool = False
    compile: bool = False
    loggers: list[Annotated[Part, LOGGERS]] = Field(default=[])


class Select(Section):
    """Which epoch is kept as the best: by which metric, on which split.

    Attributes:
        metric: ``loss``, ``main`` (the mean over tasks of macro-F1, LRAP or mean CCC) or ``task/metric``.
        mode: Whether more or less of it is better.
        split: ``val``; ``test`` is allowed, and is then printed with the result.
    """

    metric: str = "loss"
    mode: Literal["min", "max"] = "min"
    split: Literal["val", "test"] = "val"


class Evaluate(Section):
    """What is reported.

    Attributes:
        split: The split that is reported.
        tune_thresholds: Whether the decision thresholds of tags are tuned on the val split.
        test_time: What images are predicted by beside themselves, where they are evaluated and by ``predict``; null for
            nothing.
    """

    split: Literal["test", "val", "train"] = "test"
    tune_thresholds: bool = False
    test_time: Annotated[Part, TEST_TIME] | None = None


Heads = Annotated[
    list[Annotated[HeadPart, HEADS]], Field(min_length=1), BeforeValidator(lambda v: v if isinstance(v, list) else [v])
]


class Ablate(Section):
    """What ``gcnlabel ablate`` compares beside its own heads.

    Attributes:
        heads: Name in tables -> a head, or a list of heads of which each seed reports the one that is best on the val
            part. One of its own heads may be named too, and is then tuned over the list.
    """

    heads: dict[str, Heads] = Field(default={})


class Config(Section):
    """A whole run.

    Attributes:
        tasks: The tasks, or the file that declares them; None where the data brings its own.
        data: Where annotations and inputs come from.
        only_tasks: Names of the tasks that are trained, of those that the data annotates; None for all.
        standardize: Whether features are scaled by the training split: true, each by its mean and deviation; false,
            not; ``auto``, as true, but sparse ones (90% zeros) are divided by one number, their root mean square.
        standardize_targets: Whether dimensions are learned in standard units (mean and deviation of the annotated
            training targets). They are predicted in the user's units either way. Off in the papers' presets.
        calibrate: How predictions of dimensions are brought to the scale of what is annotated, after training:
            ``moments``, mean and deviation of the annotated training targets; ``regression``, least squares on them;
            ``none``; or ``auto``, by what selects the checkpoint, see
            :func:`gcnlabel.run.calibration.calibration_methods`. ``none`` in the papers' presets.
        loss: Task -> its loss; see :mod:`gcnlabel.losses`.
        weighting: How the losses, times their ``loss.<task>.weight``, become one: ``fixed``, their sum;
            ``uncertainty``, with weights that are learned; or ``module:attribute``, a scheme of one's own (see
            :class:`gcnlabel.losses.SchemeWeighting`). Where weights change, so does the meaning of ``select.metric:
            loss``: a metric of a task says better which epoch is best.
        optimizer: How weights are learned; see :mod:`gcnlabel.training.optimizers`.
        ablate: Heads that ``gcnlabel ablate`` compares beside its own.
        seed: Of initial weights, the order of samples and what is held out.
    """

    tasks: str | dict[str, Any] | None = None
    only_tasks: Annotated[list[str], Field(min_length=1)] | None = None
    data: Annotated[DataSource, SOURCES]
    standardize: bool | Literal["auto"] = "auto"
    standardize_targets: bool = True
    calibrate: Literal["auto", "moments", "regression", "none"] = "auto"
    graph: Graph = Field(default_factory=Graph)
    model: Model = Field(default_factory=Model)
    loss: dict[str, Annotated[LossPart, LOSSES]] = Field(default={})
    weighting: Annotated[Part, WEIGHTINGS] = Field(default_factory=partial(WEIGHTINGS.parse, "fixed"))
    optimizer: Annotated[OptimizerPart, OPTIMIZERS] = Field(default_factory=partial(OPTIMIZERS.parse, "adamw"))
    training: Training = Field(default_factory=Training)
    ablate: Ablate = Ablate()
    select: Select = Select()
    evaluate: Evaluate = Evaluate()
    seed: Annotated[int, Field(ge=0)] = 0
