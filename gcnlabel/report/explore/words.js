// What the page hands out as text: the command, the YAML, and the edges as CSV. Pure functions.

"use strict";

function shellWord(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\"'\"'")}'`;
}

function samePairs(a, b) {
  const key = (pairs) => JSON.stringify(pairs.map((pair) => [...pair].sort((x, y) => x - y)).sort());
  return key(a) === key(b);
}

// What differs from the convention's own numbers.
function chosenOf(page, state) {
  const convention = page.conventions[state.convention], names = page.tasks.map((task) => task.name);
  const chosen = {convention: convention.name};
  if (state.tau !== convention.tau) chosen.tau = state.tau;
  if (state.p !== convention.p) chosen.p = state.p;
  if (!samePairs(state.pairs, convention.pairs)) chosen.pairs = state.pairs.map(([a, b]) => `${names[a]}:${names[b]}`);
  return chosen;
}

// The command that makes the graph that is shown; `edges` whether its edges were changed by hand.
function commandOf(page, state, edges) {
  const {convention, tau, p, pairs = []} = chosenOf(page, state);
  const words = ["--convention", shellWord(convention)];
  if (tau !== undefined) words.push("--tau", String(tau));
  if (typeof p === "object") for (const [task, share] of Object.entries(p)) words.push("--p", shellWord(`${task}=${share}`));
  else if (p !== undefined) words.push("--p", String(p));
  for (const pair of pairs) words.push("--pairs", shellWord(pair));
  const {made} = page;
  const source = edges ? `${made.tasks || "tasks.yaml"} --from-edges edges.csv` : made.command;
  return `gcnlabel build-graph ${source} ${words.join(" ")} --output graph.safetensors`;
}

// The section of a training config; a graph that no config can make is named by its file.
function yamlOf(page, state, edges) {
  if (edges || !page.made.config) return "graph:\n  file: graph.safetensors  # made by the command\n";
  const lines = Object.entries({...page.made.config, ...chosenOf(page, state)})
    .map(([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`);
  return `graph:\n${lines.join("")}`;
}

function csvCell(text) {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// The raw edges, source, target and statistic, as build-graph --from-edges reads them.
function edgesCsv(page, {source, target, weight}) {
  const names = page.labels.map(csvCell);
  return ["source,target,weight", ...weight.map((w, e) => `${names[source[e]]},${names[target[e]]},${w}`)].join("\n") + "\n";
}
