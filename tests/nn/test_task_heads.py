"""A head of its own for each task."""

import numpy as np
import pytest
import torch
from label_heads import LABELS, TASKS, asymmetric, propagation_graph
from safetensors.torch import load_file, save_file
from torch.func import functional_call, stack_module_state, vmap

from gcnlabel.errors import InputError
from gcnlabel.nn import (
    CosineHead,
    Head,
    LabelGraphHead,
    LearnedAdjacency,
    LinearHead,
    MultiTaskModel,
    ResidualHead,
    TaskHeads,
    mlp,
)
from gcnlabel.nn.heads import task_heads as module
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet

X = torch.randn(LABELS, 5, generator=torch.Generator().manual_seed(0))
FREE = TaskSet([TASKS["expression"], TASKS["tags"]])


def generated(adjacency=LearnedAdjacency):
    return LabelGraphHead(propagation_graph(asymmetric(LABELS), X), TASKS, 4, (6,), bias=True, adjacency=adjacency)


def mixed(kind="linear", **options):
    """Classes and tags free, dimensions generated; parameters far from where they start."""
    torch.manual_seed(0)
    free, graph = LinearHead(FREE, 4, bias=kind != "no bias"), generated(**options)
    if kind == "cosine":
        free, graph = CosineHead(free), CosineHead(ResidualHead(graph, ["affect"]), ["affect"])
    made = TaskHeads(TASKS, {"tags": free, "affect": graph, "expression": free}).double()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(torch.randn_like(parameter))
    return made


def together(scores):
    return torch.cat(list(scores.values()), 1)


@pytest.fixture(params=[128, 2], ids=["few labels", "many labels"])
def most_dense(request, monkeypatch):
    monkeypatch.setattr(module, "MAX_DENSE", request.param)


@pytest.mark.usefixtures("most_dense")
@pytest.mark.parametrize("kind", ["linear", "no bias", "cosine"])
def test_each_task_has_the_scores_of_its_head(kind):
    made = mixed(kind)
    free, graph = made.heads
    features = torch.randn(7, 4, dtype=torch.float64)
    scores = made(features)
    assert list(scores) == list(TASKS.names)
    for name, head in (("expression", free), ("affect", graph), ("tags", free)):
        torch.testing.assert_close(scores[name], head(features)[name])
    labels = torch.tensor([6, 0, 4, 6, 3])
    torch.testing.assert_close(made.scores_of(features, labels), together(scores)[:, labels])
    torch.testing.assert_close(made.weight_of(labels), made.weight()[labels])
    candidates = torch.randint(LABELS, (7, 3))
    torch.testing.assert_close(made.scores_of(features, candidates), together(scores).gather(1, candidates))
    if kind != "cosine":
        weight, bias = made.weight().detach().numpy(), made.biases().detach().numpy()
        np.testing.assert_allclose(together(scores).detach(), features.numpy() @ weight.T + bias, atol=1e-12)


def test_by_hand():
    a, b = Dimensional("a", ["x"]), Dimensional("b", ["y", "z"])
    one, two = LinearHead(TaskSet([a]), 2), LinearHead(TaskSet([b, a]), 2, bias=False)
    one.vectors.data = torch.tensor([[1.0, 0.0]])
    one.bias.data = torch.tensor([5.0])
    two.vectors.data = torch.tensor([[0.0, 1.0], [0.0, 2.0], [7.0, 7.0]])  # what it says of a is not used
    made = TaskHeads(TaskSet([b, a]), {"a": one, "b": two})
    scores = made(torch.tensor([[3.0, 4.0]]))
    assert {name: values.tolist() for name, values in scores.items()} == {"b": [[4, 8]], "a": [[8]]}
    assert made.biases().tolist() == [0, 0, 5]
    assert TaskHeads(TaskSet([b]), {"b": two}).biases() is None


@pytest.mark.usefixtures("most_dense")
def test_a_generated_task_hears_labels_of_free_ones_and_learns_alone():
    made = mixed()
    features = torch.randn(3, 4, dtype=torch.float64)
    before = made(features)
    graph = made.heads[1]
    graph.x[TASKS.index("sad")] += 1
    graph.double()  # computes anew what follows from the embeddings
    after = made(features)
    assert not torch.allclose(after["affect"], before["affect"])
    assert torch.equal(after["tags"], before["tags"])
    made(features)["tags"].sum().backward()
    assert not any(p.grad is not None and p.grad.any() for p in graph.parameters())
    made.zero_grad()
    made(features)["affect"].sum().backward()
    assert graph.gcn.convs[0].lin.weight.grad.any()
    assert graph.adjacency.log_factor.grad.any()
    assert not any(p.grad is not None and p.grad.any() for p in made.heads[0].parameters())


def test_vectors_that_nobody_asks_for_are_not_generated_where_they_are_many(monkeypatch):
    monkeypatch.setattr(module, "MAX_DENSE", 2)
    made, rows = mixed(), []
    made.heads[1].gcn.convs[1].lin.register_forward_hook(lambda lin, given, output: rows.append(len(output)))
    made(torch.randn(40, 4, dtype=torch.float64))
    made.weight()
    assert rows[-1] == len(TASKS["affect"])
    assert max(rows) == len(TASKS["affect"])


@pytest.mark.parametrize("kind", ["linear", "no bias", "cosine"])
def test_freezing_and_folding(kind):
    made = mixed(kind)
    features = torch.randn(5, 4, dtype=torch.float64)
    fused = made.fused()
    torch.testing.assert_close(together(fused(features)), together(made(features)))
    assert not any("gcn" in name for name in fused.state_dict())
    if kind == "cosine":
        assert isinstance(fused, TaskHeads)
        with pytest.raises(InputError, match="not linear in the features"):
            made.to_linear()
    else:
        assert type(fused) is type(made.to_linear()) is LinearHead
        torch.testing.assert_close(together(made.to_linear()(features)), together(made(features)))


def test_it_can_be_wrapped_like_any_head():
    made = mixed()
    features = torch.randn(5, 4, dtype=torch.float64)
    residual = ResidualHead(made).double()
    torch.testing.assert_close(together(residual(features)), together(made(features)))
    torch.testing.assert_close(residual.scores_of(features, torch.tensor([4])), together(made(features))[:, [4]])
    torch.testing.assert_close(together(residual.to_linear()(features)), together(made(features)))
    cosine = CosineHead(made).double()
    scores = together(cosine(features)) - made.biases()
    weight = made.weight().detach().numpy()
    cosines = features.numpy() @ weight.T / np.linalg.norm(features, axis=1)[:, None] / np.linalg.norm(weight, axis=1)
    scale = np.repeat([10.0, 1.0, 10.0], [3, 2, 3])
    np.testing.assert_allclose(scores.detach(), cosines * scale, rtol=1e-5)


@pytest.mark.parametrize("kind", ["linear", "cosine"])
def test_models_train_side_by_side(kind):
    members = [mixed(kind), mixed(kind)]
    with torch.no_grad():
        for parameter in members[1].parameters():
            parameter.mul_(1.5)
    parameters, buffers = stack_module_state(members)
    features = torch.randn(2, 5, 4, dtype=torch.float64)

    def loss(parameters, buffers, features):
        return together(functional_call(members[0], (parameters, buffers), (features,))).square().sum()

    losses = vmap(loss)(parameters, buffers, features)
    gradients = torch.autograd.grad(losses.sum(), list(parameters.values()))
    for m, member in enumerate(members):
        together(member(features[m])).square().sum().backward()
        for (name, _), gradient in zip(parameters.items(), gradients, strict=True):
            torch.testing.assert_close(gradient[m], member.get_parameter(name).grad)


def test_a_checkpoint_comes_back(tmp_path):
    made, other = mixed("cosine"), mixed("cosine")
    with torch.no_grad():
        for parameter in other.parameters():
            parameter.zero_()
    state = {name: value.contiguous().clone() for name, value in made.state_dict().items()}
    save_file(state, tmp_path / "head.safetensors")
    other.load_state_dict(load_file(tmp_path / "head.safetensors"))
    features = torch.randn(5, 4, dtype=torch.float64)
    assert torch.equal(together(other(features)), together(made(features)))


def larger(tasks):
    rng = np.random.default_rng(3)
    matrix = rng.normal(size=(tasks.num_labels,) * 2)
    place = [tasks.index(label) for label in TASKS.labels]
    matrix[place] = 0  # trained labels hear nothing new
    matrix[np.ix_(place, place)] = asymmetric(LABELS)
    x = torch.randn(tasks.num_labels, 5)
    x[place] = X
    return propagation_graph(matrix, x, tasks)


@pytest.mark.parametrize("kind", ["linear", "cosine"])
def test_generated_tasks_and_new_ones_extend_and_free_ones_stay(kind):
    model = MultiTaskModel(mlp(3, hidden=(4,)).double(), mixed(kind)).eval()
    affect = Dimensional("affect", ("dominance", "valence", "arousal"))
    tasks = TaskSet([MultiLabel("scenes", ("beach",)), TASKS["tags"], affect, TASKS["expression"]])
    extended, inputs = model.extend(larger(tasks)), torch.randn(3, 3, dtype=torch.float64)
    before, after = model(inputs), extended(inputs)
    assert list(after) == list(tasks.names)
    for name in ("tags", "expression"):
        torch.testing.assert_close(after[name], before[name])
    torch.testing.assert_close(after["affect"][:, 1:], before["affect"])
    assert extended.head.served == [["scenes", "affect"], ["tags", "expression"]]
    assert not {id(p) for p in extended.parameters()} & {id(p) for p in model.parameters()}
    torch.testing.assert_close(extended.fuse()(inputs)["scenes"], after["scenes"])


def test_free_tasks_gain_no_labels():
    more = TaskSet([TASKS["expression"], TASKS["affect"], MultiLabel("tags", ("cat", "dog", "cow", "emu"))])
    with pytest.raises(InputError, match="LinearHead without a label graph"):
        mixed().extended(larger(more))
    free = LinearHead(TASKS, 4)
    assert not TaskHeads(TASKS, dict.fromkeys(TASKS.names, free)).generated
    with pytest.raises(InputError, match="TaskHeads without a label graph"):
        TaskHeads(TASKS, dict.fromkeys(TASKS.names, free)).extended(larger(TASKS))


def test_heads_that_do_not_fit():
    whole = dict.fromkeys(TASKS.names, LinearHead(TASKS, 4))
    for heads, message in (
        ({**whole, "afect": whole["tags"]}, "unknown task 'afect'(.|\n)*did you mean 'affect'"),
        ({"tags": whole["tags"]}, "tasks without a head: expression, affect"),
        ({**whole, "tags": LinearHead(TASKS, 5)}, r"other numbers of features: \{.*'tags': 5"),
        ({**whole, "affect": LinearHead(FREE, 4)}, "unknown task 'affect'"),
        (
            {**whole, "expression": LinearHead(TaskSet([Categorical("expression", ("a", "b"))]), 4)},
            r"the head of task 'expression' scores a, b\n  expected: sad, happy, fear",
        ),
    ):
        with pytest.raises(InputError, match=message):
            TaskHeads(TASKS, heads)


def test_it_is_a_head_and_checks_as_one():
    made = mixed()
    assert isinstance(made, Head)
    with pytest.raises(InputError, match=r"expected: \[B, 4\]"):
        made(torch.zeros(2, 5, dtype=torch.float64))
    assert len({id(p) for p in made.parameters()}) == len(list(made.parameters()))


def test_all_of_it_is_where_its_heads_are():
    free, other = LinearHead(FREE, 4).to("meta"), LinearHead(TASKS, 4).to("meta")
    heads = TaskHeads(TASKS, {"tags": free, "affect": other, "expression": free})
    assert {buffer.device.type for buffer in heads.buffers()} == {"meta"}


def test_no_labels_and_no_samples():
    heads = mixed()
    nothing = torch.zeros(0, dtype=torch.int64)
    assert heads.weight_of(nothing).shape == (0, 4)
    assert heads.scores_of(torch.zeros(3, 4, dtype=torch.float64), nothing).shape == (3, 0)
    some = torch.zeros(0, 2, dtype=torch.int64)
    assert heads.scores_of(torch.zeros(0, 4, dtype=torch.float64), some).shape == (0, 2)
