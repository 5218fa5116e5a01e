"""Schema of a training config: every key with its type and default."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PositiveFloat, PositiveInt, model_validator

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
        backbone: Network from inputs to features; see :mod:`gcnlabel.nn.backbones`.
        head: Module from features to scores of every task; see :mod:`gcnlabel.nn.heads`.
    """

    backbone: Annotated[BackbonePart, BACKBONES] = Field(default_factory=partial(BACKBONES.parse, "small_cnn"))
    head: Annotated[HeadPart, HEADS] = Field(default_factory=partial(HEADS.parse, "default"))


class Training(Section):
    """Number of epochs, batches, and speed.

    Attributes:
        epochs: Number of epochs.
        batch_size: Samples in a batch of one device.
        rare_samples: Largest number of samples of rarely annotated labels that are added to each batch; see
            :func:`gcnlabel.training.rare_rows`.
        min_steps: Minimum number of batches of the whole training: with few samples, an epoch is several passes.
        patience: Epochs without an improvement of ``select.metric`` after which training ends; None for no early
            stopping.
        clip: Largest norm of the gradient of all parameters, to which larger ones are scaled; None for no clipping.
        accumulate: Number of batches whose gradients are accumulated for one step of the optimizer.
        average: Decay per step of the exponential moving average of the weights, which is evaluated and saved instead
            of the weights, e.g. 0.999; None for no averaging.
        workers: Number of loading processes.
        precision: Lightning's precision; bf16-mixed is faster on GPUs with bfloat16 units, not on CPUs without them.
        augment: Augmentation of training images.
        augment_on: Whether the loader (on the CPU) or the training device augments.
        mix: Mixing of the samples of a batch; null for none.
        channels_last: Whether images and convolutions use the channels-last memory format, which suits tensor cores.
        compile: Whether to compile the backbone (``torch.compile``), which takes minutes, separately for training,
            evaluation, and the last, smaller batch.
        loggers: Loggers in addition to ``metrics.csv`` of the run folder; see :mod:`gcnlabel.training.loggers`.
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
    """Selection of the best epoch, by a metric of a split.

    Attributes:
        metric: ``loss``, ``main`` (the mean over tasks of macro-F1, LRAP or mean CCC) or ``task/metric``.
        mode: Whether lower (``min``) or higher (``max``) values are better.
        split: ``val``; ``test`` is allowed, and then noted with the result.
    """

    metric: str = "loss"
    mode: Literal["min", "max"] = "min"
    split: Literal["val", "test"] = "val"


class Evaluate(Section):
    """Evaluation after training.

    Attributes:
        split: The split to evaluate.
        tune_thresholds: Whether the decision thresholds of tags are tuned on the val split.
        test_time: Test-time augmentation of images, for evaluation and ``predict``; null for none.
    """

    split: Literal["test", "val", "train"] = "test"
    tune_thresholds: bool = False
    test_time: Annotated[Part, TEST_TIME] | None = None


Heads = Annotated[
    list[Annotated[HeadPart, HEADS]], Field(min_length=1), BeforeValidator(lambda v: v if isinstance(v, list) else [v])
]


class Ablate(Section):
    """Further heads for ``gcnlabel ablate``.

    Attributes:
        heads: Name in tables -> a head, or a list of heads, of which each seed reports the best on the val split. The
            name of a built-in head tunes that head over the list.
    """

    heads: dict[str, Heads] = Field(default={})


class Config(Section):
    """The config of a run.

    Attributes:
        tasks: The tasks, or the file that declares them; None for those of the data.
        data: Source of annotations and inputs.
        only_tasks: Names of the tasks to train, among those of the data; None for all.
        standardize: Scaling of features by the training split: true, each by its mean and deviation; false, none;
            ``auto``, as true, but sparse ones (90% zeros) are divided by one number, their root mean square.
            Set false for features that are codes, which a user-defined backbone looks up.
        standardize_targets: Whether dimensions are learned in standard units (mean and deviation of the annotated
            training targets). They are predicted in the user's units either way. Off in the papers' presets.
        calibrate: Calibration of predicted dimensions to the scale of the annotations, after training: ``moments``
            (mean and deviation of the annotated training targets), ``regression`` (least squares), ``none``, or
            ``auto``, by the metric that selects the checkpoint, see
            :func:`gcnlabel.run.calibration.calibration_methods`. ``none`` in the papers' presets.
        loss: Task -> its loss; see :mod:`gcnlabel.losses`.
        weighting: Combination of the losses times their ``loss.<task>.weight``: ``fixed``, their sum; ``uncertainty``,
            with learned weights; or ``module:attribute``, a user-defined scheme (see
            :class:`gcnlabel.losses.SchemeWeighting`). With changing weights, losses of different epochs are not
            comparable: set ``select.metric`` to a metric of a task.
        optimizer: Optimizer and schedule; see :mod:`gcnlabel.training.optimizers`.
        ablate: Further heads for ``gcnlabel ablate``.
        seed: Seed of initial weights, order of samples and random splits.
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

    @model_validator(mode="after")
    def _pictures_as_weights(self) -> Config:
        """Complete size, crop and interpolation of pictures, by those of pretrained weights."""
        backbone = self.model.backbone
        expect = None if ":" in backbone.name else getattr(BACKBONES.resolve(backbone.name), "pictures", None)
        if hasattr(self.data, "with_pictures"):
            said = self.data.with_pictures({} if expect is None else expect(backbone.options))
            object.__setattr__(self, "data", said)
        return self
