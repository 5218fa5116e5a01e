// What is shown: the content of the page, what the reader chose, and the graph that follows from it.

"use strict";

const page = JSON.parse(document.getElementById("data").textContent);
const labels = {size: page.labels.length, task: page.task, tasks: page.tasks};
const statistics = page.statistics.map((packed) => unpacked(packed, labels.size));
const given = page.given && unpacked(page.given, labels.size);
const byId = (id) => document.getElementById(id);

const state = {
  convention: 0, tau: 0, p: 0, pairs: [],
  changed: new Map(),  // "target,source" -> statistic by hand, 0 for no edge
  folded: new Set(), chosen: null, drawn: "auto", view: labels.size > 500 ? "matrix" : "graph",
};
let graph = null;  // as finishedGraph returns it
const listeners = [];

function unpacked({symmetric, values}, size) {
  const bytes = Uint8Array.from(atob(values), (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer), full = new Float32Array(size * size);
  let k = 0;
  for (let i = 0; i < size; i++) {
    for (let j = symmetric ? i : 0; j < size; j++) {
      const value = view.getFloat32(4 * k++, true);
      full[i * size + j] = value;
      if (symmetric) full[j * size + i] = value;
    }
  }
  return full;
}

function conventionNow() { return page.conventions[state.convention]; }

// The raw statistic, with what was changed by hand.
function statisticNow() {
  const own = statistics[conventionNow().statistic];
  if (!state.changed.size) return own;
  const matrix = own.slice();
  for (const [place, value] of state.changed) {
    const [i, j] = place.split(",").map(Number);
    matrix[i * labels.size + j] = value;
  }
  return matrix;
}

// A convention with its own numbers and those of its pairs of tasks that have a statistic.
function takeConvention(index) {
  const convention = page.conventions[index], usable = new Set(convention.usable.map(String));
  Object.assign(state, {convention: index, tau: convention.tau, p: convention.p,
    pairs: convention.pairs.filter((pair) => usable.has(String(pair)))});
}

// The convention that differs in nothing but whether signs count, or -1.
function twinOf(index) {
  const {name} = page.conventions[index];
  const other = name.startsWith("unsigned") ? name.slice(2) : name.startsWith("signed") ? `un${name}` : null;
  return page.conventions.findIndex((convention) => convention.name === other);
}

function recompute() {
  graph = finishedGraph(labels, statisticNow(), conventionNow(), state);
}

let waiting = false;
// Compute once a frame, however many events there were, and let every part of the page follow.
function changed(what = "graph") {
  if (what === "graph") recompute();
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; listeners.forEach((listen) => listen()); });
}

function choose(label) { state.chosen = label; changed("look"); }

function element(name, content = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(content)) {
    if (key in made) made[key] = value; else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

const short = (value) => (value === 0 ? "0" : value.toFixed(3).replace(/^-(0\.0+)$/, "$1").replace(/^(-?)0\./, "$1."));

function begin() {
  const usable = page.conventions.findIndex((convention) => !convention.refused);
  const wanted = page.conventions.findIndex((c) => c.name === page.shown.convention && !c.refused);
  takeConvention(wanted >= 0 ? wanted : usable);
  if (wanted >= 0) {
    const {tau = state.tau, p = state.p, pairs = state.pairs} = page.shown;
    const possible = new Set(conventionNow().usable.map(String));
    Object.assign(state, {tau, p, pairs: pairs.filter((pair) => possible.has(String(pair)))});
  }
}
