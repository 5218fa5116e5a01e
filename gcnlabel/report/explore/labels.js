// The table of labels, and the neighbours of the chosen one.

"use strict";

const rows = page.labels.map((name, i) => {
  const cells = Array.from({length: 5}, () => element("td", {className: "n"}));
  const button = element("button", {type: "button", textContent: name, onclick: () => choose(i)});
  return {row: element("tr", {}, element("th", {scope: "row"}, button), ...cells), cells, button};
});
byId("label-table").classList.toggle("uncounted", page.counts.every((count) => count === null));
byId("label-table").tBodies[0].append(...rows.map(({row}) => row));

function fillTable() {
  rows.forEach(({row, cells, button}, i) => {
    const values = [page.counts[i] === null ? "" : String(Math.round(page.counts[i])), graph.incoming[i].length,
      graph.outgoing[i].length, short(graph.loops[i]), short(graph.rowSums[i])];
    values.forEach((value, k) => { if (cells[k].textContent !== String(value)) cells[k].textContent = value; });
    row.className = i === state.chosen ? "chosen" : "";
    if (i === state.chosen) button.setAttribute("aria-current", "true"); else button.removeAttribute("aria-current");
  });
}

function sum(list) { return list.reduce((total, value) => total + value, 0); }

function summarise() {
  const {edges, positive, negative, isolated, rowSums} = graph, count = edges.weight.length;
  const least = Math.min(...rowSums), most = Math.max(...rowSums), names = isolated.map((i) => page.labels[i]);
  const signs = negative ? ` (${positive} positive, ${negative} negative)` : "";
  const alone = names.length ? `${names.length} isolated: ${names.slice(0, 12).join(", ")}${names.length > 12 ? ", …" : ""}` : "0 isolated";
  const sums = most - least < 5e-4 ? short(most) : `${short(least)} to ${short(most)}`;
  byId("summary").textContent = `${labels.size} labels · ${count} directed edges${signs} · ${alone} · row sums ${sums}`;
  const limit = limitNow(), drawnCount = sum(graph.incoming.map((list) => Math.min(list.length, limit)));
  byId("warning").hidden = count > 0;
  const some = state.view === "graph" && drawnCount < count, best = limit > 1 ? `${limit} strongest in-neighbours` : "strongest in-neighbour";
  byId("extent").textContent = some ? `Drawn: the ${best} of each label, ${drawnCount} of ${count} edges; all edges of a selected label.` : "";
}

// Rows of neighbours: name, weight, statistic, and samples with both where they are known.
function neighbourTable(title, list, end) {
  const matrix = statisticNow(), i = state.chosen, size = labels.size;
  const body = element("tbody");
  for (const e of list.slice(0, 100)) {
    const j = graph.edges[end][e], place = graph.edges.target[e] * size + graph.edges.source[e];
    const both = given && page.counts[i] !== null ? Math.round(given[i * size + j] * page.counts[i]) : null;
    const known = both !== null && Number.isFinite(both) && page.counts[j] !== null;
    body.append(element("tr", {},
      element("th", {scope: "row"}, element("button", {type: "button", textContent: page.labels[j], onclick: () => choose(j)})),
      ...[short(graph.edges.weight[e]), short(matrix[place]), known ? String(both) : ""].map((text) =>
        element("td", {className: "n", textContent: text}))));
  }
  const head = element("thead", {}, element("tr", {}, ...[title, "weight", "statistic", "samples with both"].map((text, k) =>
    element("th", {scope: "col", textContent: text, className: k ? "n" : ""}))));
  return element("table", {}, head, body);
}

function fillDetails() {
  const box = byId("details"), i = state.chosen;
  box.replaceChildren();
  if (i === null) return;
  const count = page.counts[i] === null ? "" : ` · ${Math.round(page.counts[i])}${page.samples ? ` of ${page.samples}` : ""} samples`;
  box.append(
    element("h3", {textContent: page.labels[i]}),
    element("p", {textContent: `task ${page.tasks[page.task[i]].name}${count} · self-loop ${short(graph.loops[i])} · row sum ${short(graph.rowSums[i])}`}),
    neighbourTable(`receives from (${graph.incoming[i].length})`, graph.incoming[i], "source"),
    neighbourTable(`sends to (${graph.outgoing[i].length})`, graph.outgoing[i], "target"));
}

function find(text) {
  const wanted = text.trim().toLowerCase();
  rows.forEach(({row}, i) => { row.hidden = !page.labels[i].toLowerCase().includes(wanted); });
}

byId("search").addEventListener("input", (event) => find(event.target.value));
byId("search").addEventListener("keydown", (event) => {
  const first = rows.findIndex(({row}) => !row.hidden);
  if (event.key === "Enter" && first >= 0) choose(first);
});
listeners.push(fillTable, summarise, fillDetails);
