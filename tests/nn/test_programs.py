"""Live models, not only fused ones, as exported and compiled programs, and without memory."""

import copy

import pytest
import torch
from label_heads import TASKS, asymmetric, propagation_graph

from gcnlabel.nn import HEADS, MultiTaskModel, build_head, mlp
from gcnlabel.tasks import MultiLabel, TaskSet
from gcnlabel.units import Units

pytestmark = pytest.mark.filterwarnings("ignore")

MANY = TaskSet([MultiLabel("tags", [f"tag {i}" for i in range(150)]), *[t for t in TASKS if t.name == "affect"]])
"""So many labels that their Â is a sparse matrix."""
GRAPH = {"name": "graph", "hidden_channels": [7]}
LEARNED = {"name": "graph", "edges": "learned", "hidden_channels": [5, 7]}
SMALL = {name: {"name": name} for name in HEADS.names() if name not in ("default", "per-task")}
SMALL["own-backbone"] = {"name": "own-backbone", "backbone": {"name": "mlp", "hidden": [4]}}
SMALL["ensemble"] = {"name": "ensemble", "of": {"linear": "linear", "angles": {"name": "cosine", "of": GRAPH}}}
SMALL |= {"graph": GRAPH, "angles": {"name": "cosine", "of": GRAPH}, "learned edges": {**LEARNED, "bias": True}}
SMALL["angles with length"] = {
    "name": "cosine",
    "keep_length": ["affect"],
    "of": {"name": "residual", "tasks": ["tags"]},
}
SMALL["a head for each task"] = {
    "name": "per-task",
    "tasks": {"tags": GRAPH, "affect": {"name": "cosine", "of": GRAPH}},
}
SMALL |= {f"conv {conv}": {"name": "graph", "conv": conv} for conv in ("gatv2", "gcnii")}
LARGE = {"graph": GRAPH, "output-propagation": {"name": "output-propagation"}}
LARGE["learned edges"] = {"name": "residual", "of": LEARNED}
LARGE["a head for each task"] = {"name": "per-task", "tasks": {"tags": GRAPH}}
CASES = [*((TASKS, name) for name in SMALL), *((MANY, name) for name in LARGE)]
every_head = pytest.mark.parametrize(("tasks", "name"), CASES, ids=[f"{n}, {t.num_labels} labels" for t, n in CASES])


def made(tasks, name):
    torch.manual_seed(0)
    settings = (SMALL if tasks is TASKS else LARGE)[name]
    size = tasks.num_labels
    graph = propagation_graph(asymmetric(size), torch.randn(size, 5), tasks)
    units = Units(tasks, mean=[3.0, -1.0], sd=[2.0, 0.5])
    model = MultiTaskModel(mlp(4, hidden=(6,)), build_head(settings, tasks, 6, graph), units)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)
    return model.double().eval()


def draw(samples, size=4):
    return torch.randn(samples, size, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


def exported(module, size, strict=False):
    batch = torch.export.Dim("batch")
    return torch.export.export(module, (draw(3, size),), dynamic_shapes=({0: batch},), strict=strict)


def same(found, wanted):
    assert found.keys() == wanted.keys()
    for name in wanted:
        torch.testing.assert_close(found[name], wanted[name], rtol=1e-9, atol=1e-9)


@every_head
def test_exported_programs_take_any_number_of_samples(tasks, name):
    model = made(tasks, name)
    program = exported(model, 4).module()
    for samples in (1, 2, 300):
        inputs = draw(samples)
        same(program(inputs), model(inputs))


@pytest.mark.parametrize("tasks", [TASKS, MANY], ids=["few labels", "many labels"])
def test_a_head_alone_is_exported(tasks):
    head = made(tasks, "graph").head
    program = exported(head, 6).module()
    for samples in (1, 300):
        same(program(draw(samples, 6)), head(draw(samples, 6)))


@pytest.mark.parametrize("name", ["graph", "linear"])
def test_strict_export(name):
    model = made(TASKS, name)
    same(exported(model, 4, strict=True).module()(draw(50)), model(draw(50)))


@every_head
def test_models_without_memory_say_their_shapes_and_come_back(tasks, name):
    model = made(tasks, name)
    inputs, state = draw(9), copy.deepcopy(model.state_dict())
    wanted = model(inputs)
    empty = copy.deepcopy(model).to("meta")
    found = empty(inputs.to("meta"))
    assert {key: (value.shape, value.is_meta) for key, value in found.items()} == {
        key: (value.shape, True) for key, value in wanted.items()
    }
    assert all(tensor.is_meta for tensor in (*empty.parameters(), *empty.buffers()))
    assigned = copy.deepcopy(empty)
    assigned.load_state_dict(copy.deepcopy(state), assign=True)
    same(assigned(inputs), wanted)
    back = empty.to_empty(device="cpu")
    for tensor in (*back.parameters(), *back.buffers()):
        tensor.data.fill_(-7)  # memory holds anything
    back.load_state_dict(state)
    same(back(inputs), wanted)


@every_head
def test_compiled_models_are_one_graph_and_learn_the_same(tasks, name):
    model, inputs = made(tasks, name).train(), draw(9)
    torch._dynamo.reset()
    compiled = torch.compile(copy.deepcopy(model), fullgraph=True, backend="eager")  # raises where the graph breaks
    for rows in (slice(9), slice(5)):
        same(compiled(inputs[rows]), model(inputs[rows]))
    for network in (compiled, model):
        sum(scores.square().sum() for scores in network(inputs).values()).backward()
    wanted = dict(model.named_parameters())
    for key, parameter in compiled._orig_mod.named_parameters():
        if wanted[key].grad is not None:
            torch.testing.assert_close(parameter.grad, wanted[key].grad, rtol=1e-9, atol=1e-9)


def test_damaged_edges_are_never_followed():
    """Entries that point nowhere must not be looked up: memory beyond the labels would be read."""
    head = made(MANY, "graph").head
    head.adjacency.source.fill_(10**6)
    assert not head.adjacency.is_whole()
    head.to(torch.float32)  # computes what follows from whole edges alone


@every_head
def test_models_are_copied_and_saved(tasks, name):
    model, inputs = made(tasks, name), draw(5)
    wanted = model(inputs)
    other = copy.deepcopy(model)
    with torch.no_grad():
        for parameter in other.parameters():
            parameter.add_(1)
    assert all(torch.equal(model(inputs)[task], of) for task, of in wanted.items())  # a copy shares nothing
    other.load_state_dict(model.state_dict())
    assert all(torch.equal(other(inputs)[task], of) for task, of in wanted.items())


@every_head
def test_gradients_in_mixed_precision_are_about_the_same(tasks, name):
    model, inputs = made(tasks, name).float(), draw(5).float()
    found = []
    for mixed in (False, True):
        model.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=mixed):
            scores = model(inputs)
        assert {of.dtype for of in scores.values()} == {torch.float32}
        torch.cat([*scores.values()], 1).square().sum().backward()
        found.append(torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None]))
    assert found[1].isfinite().all()
    assert torch.nn.functional.cosine_similarity(*found, dim=0) > 0.98
