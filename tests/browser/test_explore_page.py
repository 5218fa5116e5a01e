"""``gcnlabel explore``: the page's numbers are gcnlabel's own, and what it hands out makes the same graph."""

import re
import shlex
import signal
import subprocess
import sys
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET
from itertools import combinations, product
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch
import yaml
from click.testing import CliRunner
from pages import colours, serious_faults

from gcnlabel.annotations import from_frame
from gcnlabel.cli import main
from gcnlabel.config.graph import Graph
from gcnlabel.errors import InputError, NoEdgeError
from gcnlabel.graph import GraphRecipe, LabelGraph
from gcnlabel.run.graph import graph_recipe
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet
from gcnlabel.transforms import CONVENTIONS, Normalize, TopK
from gcnlabel.transforms.conventions import all_pairs

pytestmark = pytest.mark.filterwarnings("ignore::gcnlabel.errors.GcnlabelWarning")
HOSTILE = "</script><img src=x onerror=alert(1)>"
TASKS = TaskSet(
    [
        MultiLabel("tags", ["a, b's", "b", HOSTILE, "never", "alone"]),
        Categorical("the mood", ["sad", "glad", "calm"]),
        Dimensional("affect", ["v", "w"]),
    ]
)
ROWS = 400


def frame():
    """Tags that go together or exclude each other, one that is never seen, and one that depends on nothing."""
    rng = np.random.default_rng(0)
    a = rng.integers(0, 2, ROWS)
    b = np.where(rng.uniform(size=ROWS) < 0.8, 1 - a, a)
    c = np.where(rng.uniform(size=ROWS) < 0.6, a, rng.integers(0, 2, ROWS))
    mood = np.where(rng.uniform(size=ROWS) < 0.7, a, rng.integers(0, 3, ROWS))
    v = a + rng.normal(size=ROWS)
    alone = (np.arange(ROWS) % 2 == 0).astype(int)
    tags = dict(zip(TASKS["tags"].labels, [a, b, c, np.zeros(ROWS, int), alone], strict=True))
    columns = {**tags, "v": v.round(1), "w": (rng.normal(size=ROWS) - v).round(1)}
    return pl.DataFrame({**columns, "the mood": [["sad", "glad", "calm"][i] for i in mood], "split": ["train"] * ROWS})


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run gcnlabel in a folder with annotations and tasks; it must end well."""
    monkeypatch.chdir(tmp_path)
    return called


def called(*words):
    if not Path("labels.csv").exists():
        frame().write_csv("labels.csv")
        TASKS.to_yaml("the tasks.yaml")
    result = CliRunner().invoke(main, list(words))
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture(scope="session")
def plain(tmp_path_factory):
    """The page of the annotations."""
    folder = tmp_path_factory.mktemp("page")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        called("explore", "labels.csv", "--tasks", "the tasks.yaml", "--output", "page.html")
    return folder / "page.html"


@pytest.fixture
def opened(run, plain, page, tmp_path):
    """Open the page of the annotations, or of what ``gcnlabel explore`` is given instead."""

    def call(*words):
        if words:
            run("explore", *words, "--output", "page.html")
        page.goto((tmp_path / "page.html" if words else plain).as_uri())
        return page

    return call


FINISHED = """([index, tau, p, pairs]) => {
    const convention = page.conventions[index];
    const made = finishedGraph(labels, statistics[convention.statistic], convention, {tau, p, pairs});
    return {matrix: [...adjacency(made)], edges: made.edges.weight.length, isolated: made.isolated,
            sums: [...made.rowSums], negative: made.negative};
}"""


def expected(recipe, raw):
    """What the page must show of a graph of gcnlabel's."""
    graph = recipe.finish(raw)
    matrix = graph.adjacency().double()
    off = matrix.clone().fill_diagonal_(0)
    source, target = graph.edge_index
    return {
        "matrix": matrix.flatten().tolist(),
        "edges": int((source != target).sum()),
        "isolated": [i for i in range(len(matrix)) if not (off[i].any() or off[:, i].any())],
        "sums": matrix.abs().sum(1).tolist(),
        "negative": int((off < 0).sum()),
    }


def cases():
    """Conventions, thresholds, weights and pairs of tasks."""
    each = [[(a, b)] for a, b in all_pairs(TASKS)]
    some = [list(two) for two in combinations(all_pairs(TASKS), 2)][::4]
    for name, tau, p in product(CONVENTIONS.names(), (0.0, 0.1, 0.37, 0.9), (0.0, 0.25, 1.0)):
        for pairs in (None, *each, *some):
            yield GraphRecipe(convention=name, tau=tau, p=p, pairs=pairs)


def test_the_numbers_are_gcnlabels_own(opened):
    page, annotations = opened(), from_frame(frame(), TASKS)
    names = page.evaluate("page.conventions.map((convention) => convention.name)")
    assert names == CONVENTIONS.names()
    raws = {name: GraphRecipe(convention=name).measure(annotations) for name in names}
    tasks = list(TASKS.names)
    seen = {"compared": 0, "without an edge": 0, "refused": 0, "isolated": 0, "negative": 0}
    for recipe in cases():
        index, raw = names.index(str(recipe.convention)), raws[str(recipe.convention)]
        choice = page.evaluate("(index) => page.conventions[index]", index)
        pairs = recipe.default_pairs(TASKS) if recipe.pairs is None else recipe.pairs
        places = sorted(sorted(map(tasks.index, pair)) for pair in pairs)
        try:
            wanted = expected(recipe, raw)
        except NoEdgeError:
            found = page.evaluate(FINISHED, [index, recipe.tau, recipe.p, places])
            assert found["edges"] == 0 or not any(found["sums"])
            seen["without an edge"] += 1
            continue
        except InputError:
            assert any(pair not in choice["usable"] for pair in places)
            seen["refused"] += 1
            continue
        assert all(pair in choice["usable"] for pair in places)
        if recipe.pairs is None:
            assert choice["pairs"] == places
        found = page.evaluate(FINISHED, [index, recipe.tau, recipe.p, places])
        if recipe.p > 0:  # edges of weight 0 are edges
            assert found["isolated"] == wanted["isolated"]
        assert (found["edges"], found["negative"]) == (wanted["edges"], wanted["negative"]), recipe
        for key in ("matrix", "sums"):
            np.testing.assert_allclose(found[key], wanted[key], atol=1e-6, err_msg=str(recipe))
        seen["compared"] += 1
        seen["isolated"] += bool(wanted["isolated"])
        seen["negative"] += bool(wanted["negative"])
    assert min(seen.values()) > 20, seen


def test_a_statistic_equal_to_tau_is_an_edge(opened):
    """As in gcnlabel: 0.7 keeps a float32 0.7, which is less."""
    edge = "{source: [0], target: [1], weight: [Math.fround(0.7)]}"
    for step in ("Threshold", "AbsoluteThreshold"):
        assert opened().evaluate(f"STEPS.{step}({edge}, {{tau: 0.7}}).weight.length") == 1


def test_transforms_that_no_convention_of_gcnlabel_uses(opened):
    page = opened()
    raw = GraphRecipe(convention="signed-weighted").measure(from_frame(frame(), TASKS))
    for transform in (TopK(2), Normalize("row"), Normalize("column"), Normalize("sym")):
        settings = transform.describe()
        found = page.evaluate(
            """(step) => {
                const edges = rawEdges(statistics[conventionNow().statistic], labels.size);
                return [...adjacency(describedGraph(STEPS[step.name](edges, step, labels), labels.size))];
            }""",
            settings,
        )
        np.testing.assert_allclose(found, transform(raw).adjacency().flatten(), atol=1e-6, err_msg=str(settings))


def test_each_task_has_its_own_p(opened):
    page, annotations = opened(), from_frame(frame(), TASKS)
    shares = {"tags": 0.1, "the mood": 0.4, "affect": 0.9}
    recipe = GraphRecipe(convention="signed-weighted", p=shares)
    index = CONVENTIONS.names().index("signed-weighted")
    found = page.evaluate(FINISHED, [index, 0.1, shares, [[0, 0], [0, 1], [0, 2], [1, 1], [1, 2], [2, 2]]])
    np.testing.assert_allclose(found["matrix"], expected(recipe, recipe.measure(annotations))["matrix"], atol=1e-6)


def settled(page):
    """Wait until the page has followed."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def choose(page, convention):
    page.select_option("#convention", label=convention)


def shown_matrix(page):
    settled(page)
    size = page.evaluate("labels.size")
    return np.reshape(page.evaluate("[...adjacency(graph)]"), (size, size))


def by_command(page, run):
    """The graph that the command on the page makes."""
    settled(page)
    words = shlex.split(page.text_content("#command"))
    assert words[0] == "gcnlabel"
    run(*words[1:], "--overwrite")
    return LabelGraph.load("graph.safetensors")


def change(page, *, convention="signed", tau="0.23", p="0.65", pair="0,0"):
    choose(page, convention)
    page.fill("#tau-number", tau)
    page.fill("#p-number", p)
    page.click(f"#pairs input[value='{pair}']")


@pytest.mark.parametrize("convention", CONVENTIONS.names())
def test_the_command_makes_the_graph_that_is_shown(opened, run, convention):
    page = opened()
    choose(page, convention)
    np.testing.assert_allclose(shown_matrix(page), by_command(page, run).adjacency(), atol=1e-6)
    page.fill("#tau-number", "0.05")
    page.fill("#p-number", "0.65")
    if page.locator("#pairs input:checked").count() > 1:
        page.locator("#pairs input:checked").first.uncheck()
    graph = by_command(page, run)
    np.testing.assert_allclose(shown_matrix(page), graph.adjacency(), atol=1e-6)
    assert str(graph.history["convention"]) == convention


def test_the_yaml_makes_the_graph_that_is_shown(opened):
    page = opened(
        "labels.csv", "--tasks", "the tasks.yaml", "--statistic", "tags=phi", "--statistic", "tags:affect=spearman"
    )
    change(page, convention="unsigned-weighted", pair="0,2")
    shown = shown_matrix(page)
    settings = Graph(**yaml.safe_load(page.text_content("#yaml"))["graph"])
    assert settings.pairs == ["tags:tags"]
    assert float(settings.tau) == 0.23
    graph = graph_recipe(settings).build(from_frame(frame(), TASKS))
    np.testing.assert_allclose(shown, graph.adjacency(), atol=1e-6)


def test_a_graph_opens_as_it_was_made(opened, run):
    shares = ("--p", "tags=.2", "--p", "the mood=.5", "--p", "affect=.3")
    built = ("build-graph", "the tasks.yaml", "--annotations", "labels.csv", "--output", "made by hand.safetensors")
    run(*built, "--convention", "signed", "--tau", "0.2", *shares, "--pairs", "tags:affect", "--pairs", "tags")
    page = opened("made by hand.safetensors")
    made = LabelGraph.load("made by hand.safetensors")
    np.testing.assert_allclose(shown_matrix(page), made.adjacency(), atol=1e-6)
    torch.testing.assert_close(by_command(page, run).adjacency(), made.adjacency())
    page.fill("#tau-number", "0.02")
    np.testing.assert_allclose(shown_matrix(page), by_command(page, run).adjacency(), atol=1e-6)
    page.uncheck("#p-each")
    page.fill("#p-number", "0.9")
    np.testing.assert_allclose(shown_matrix(page), by_command(page, run).adjacency(), atol=1e-6)


def test_controls_change_the_graph(opened):
    page = opened()
    before = page.text_content("#summary")
    page.locator("#tau").focus()
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    settled(page)
    assert page.input_value("#tau-number") == "0.4"
    assert page.text_content("#summary") != before
    edges = int(re.search(r"(\d+) directed", page.text_content("#summary"))[1])
    assert edges == page.evaluate("graph.edges.weight.length")
    assert "never" in page.text_content("#summary")
    negative = shown_matrix(page).min()
    page.uncheck("#signs")
    assert page.locator("#convention option:checked").inner_text() == "unsigned-weighted"
    assert negative < 0 <= shown_matrix(page).min()
    page.fill("#tau-number", "1")
    settled(page)
    assert "build-graph refuses" in page.text_content("#warning")
    assert page.locator("#copy-command").is_disabled()
    page.click("#reset")
    settled(page)
    assert page.input_value("#tau") == "0.1"
    assert page.locator("#copy-command").is_enabled()


def test_a_label_shows_its_neighbours_and_counts(opened):
    page = opened()
    counts = {
        row[0]: row
        for row in page.locator("#label-table tbody tr").evaluate_all(
            "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
        )
    }
    data = frame()
    for label in TASKS["tags"].labels:
        assert int(counts[label][1]) == data[label].sum()
    assert int(counts["sad"][1]) == (data["the mood"] == "sad").sum()
    page.fill("#search", "A, B")
    assert page.locator("#label-table tbody tr:visible").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_selector("#details h3")
    assert page.text_content("#details h3") == "a, b's"
    assert f"{data[TASKS.labels[0]].sum()} of {ROWS} samples" in page.text_content("#details")
    row = page.locator("#details table").first.locator("tbody tr", has_text=HOSTILE)
    assert row.locator("td").nth(2).text_content() == str((data[TASKS.labels[0]] * data[HOSTILE]).sum())
    row.locator("button").click()
    settled(page)
    assert page.evaluate("state.chosen") == 2
    assert page.text_content("#details h3") == HOSTILE


def test_names_are_text(opened):
    page = opened()
    page.locator("#label-table button").nth(2).click()
    assert page.locator("img").count() == 0
    assert page.title() == "Label graph of labels.csv"
    page.click("#show-matrix")
    assert page.locator("img").count() == 0
    with page.expect_download() as saved:
        page.click("#save-svg")
    texts = {
        element.text for element in ET.parse(saved.value.path()).getroot().iter("{http://www.w3.org/2000/svg}text")
    }
    assert "sad" in texts
    assert any(text.startswith("</script><img") for text in texts)


def test_a_node_is_dragged_and_clicked(opened):
    page = opened()
    settled(page)
    box = page.locator("#drawing").bounding_box()
    dot = page.evaluate("({x: dots[1].x, y: dots[1].y})")
    page.mouse.move(box["x"] + dot["x"], box["y"] + dot["y"])
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 200, steps=5)
    page.mouse.up()
    page.wait_for_timeout(100)
    assert page.evaluate("[dots[1].x, dots[1].y]") == pytest.approx([300, 200], abs=1.5)
    assert page.evaluate("state.chosen") is None
    page.mouse.click(box["x"] + 300, box["y"] + 200)
    settled(page)
    assert page.evaluate("state.chosen") == 1


def test_tasks_fold_to_one_node(opened):
    page = opened()
    page.locator("#folds input").first.check()
    settled(page)
    assert page.evaluate("drawn.nodes.length") == 6
    inner = shown_matrix(page)
    slices = [TASKS.slice_of("tags"), TASKS.labels.index("v")]
    edge = page.evaluate("""drawn.edges.find((edge) => drawn.nodes[edge.source].label === null
        && drawn.nodes[edge.target].name === 'v').weight""")
    assert edge == pytest.approx(inner[slices[1], slices[0]].sum())
    page.locator("#folds input").first.uncheck()
    settled(page)
    assert page.evaluate("drawn.nodes.length") == 10


def test_edges_by_hand_are_saved(opened, run, tmp_path):
    page = opened()
    for source, target, value in ((4, 1, "0.8"), (1, 0, "0")):
        page.select_option("#edit-source", str(source))
        page.select_option("#edit-target", str(target))
        page.fill("#edit-value", value)
        page.click("#edit button")
    shown = shown_matrix(page)
    assert shown[1, 4] > 0 == shown[0, 1]
    assert shown[1, 0] != 0
    with page.expect_download() as saved:
        page.click("#save-edges")
    saved.value.save_as(tmp_path / "edges.csv")
    np.testing.assert_allclose(shown, by_command(page, run).adjacency(), atol=1e-6)
    with page.expect_download() as saved:
        page.click("#save-tasks")
    saved.value.save_as(tmp_path / "saved.yaml")
    assert TaskSet.from_yaml("saved.yaml") == TASKS
    page.click("#undo")
    assert shown_matrix(page)[0, 1] < 0
    assert "--annotations" in page.text_content("#command")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("shown", ["graph", "matrix", "statistic"])
def test_every_view_is_accessible_and_not_blank(opened, scheme, shown):
    page = opened()
    page.emulate_media(color_scheme=scheme)
    page.locator("#label-table button").first.click()
    page.click(f"#show-{shown}")
    page.wait_for_timeout(100)
    assert serious_faults(page) == []
    assert colours(page) > 50
    canvas = page.locator("#drawing" if shown == "graph" else "#matrix")
    drawn = canvas.evaluate(
        "c => new Set(new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer)).size"
    )
    assert drawn > 20


def test_copy_puts_the_command_on_the_clipboard(opened):
    page = opened()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("#copy-command")
    page.wait_for_selector("#said:has-text('Copied')")
    assert page.evaluate("navigator.clipboard.readText()") == page.text_content("#command")


def test_the_matrix_is_read_by_keys(opened):
    page = opened()
    page.click("#show-matrix")
    page.uncheck("#sorted")
    page.locator("#matrix").focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    assert page.text_content("#cell").startswith(f"{HOSTILE}, itself: .500")
    page.keyboard.press("ArrowLeft")
    raw = GraphRecipe(convention="signed-weighted").measure(from_frame(frame(), TASKS)).statistic[2, 1]
    assert page.text_content("#cell").endswith(f"(statistic {raw:.3f})".replace("0.", "."))
    page.keyboard.press("Enter")
    settled(page)
    assert page.evaluate("state.chosen") == 2


def test_a_server_shows_the_page_and_ends_with_ctrl_c(run, page):
    run("--version")
    command = [sys.executable, "-m", "gcnlabel", "explore", "labels.csv", "--tasks", "the tasks.yaml", "--serve"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        lines = iter(server.stdout.readline, "")
        address = next(line for line in lines if line.startswith("http")).split()[0]
        page.goto(address)
        assert "directed edges" in page.text_content("#summary")
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{address}etc/passwd")
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(urllib.request.Request(address, headers={"Host": "example.org"}))
        server.send_signal(signal.SIGINT)
        _, errors = server.communicate(timeout=20)
        assert server.returncode == 0
        assert all(line.startswith("warning: no defined statistic") for line in errors.splitlines())
    finally:
        server.kill()
        server.communicate()


def test_similar_labels_stand_beside_each_other(opened):
    page = opened()
    page.click("#show-matrix")
    settled(page)
    order, matrix = page.evaluate("page.order"), shown_matrix(page)
    assert order != sorted(order)
    assert [TASKS.task_indices()[i] for i in order] == TASKS.task_indices()
    assert order[4] == TASKS.labels.index("never")
    np.testing.assert_array_equal(page.evaluate("[...shownMatrix]"), matrix[np.ix_(order, order)].ravel())


def test_all_edges_of_a_chosen_label_are_drawn(opened):
    page = opened()
    page.select_option("#drawn", "1")
    settled(page)
    touching = "drawn.edges.filter((edge) => edge.source === 0 || edge.target === 0).length"
    few, every = page.evaluate(touching), page.evaluate("graph.incoming[0].length + graph.outgoing[0].length")
    assert few < every
    assert page.evaluate("drawn.edges.length") == (shown_matrix(page) != 0).sum(1).clip(max=2).sum() - 10
    page.locator("#label-table button").first.click()
    settled(page)
    assert page.evaluate(touching) == every
