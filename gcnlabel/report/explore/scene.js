// What a drawing shows, as plain shapes; the canvas and the SVG file are painted from the same ones.

"use strict";

const MAX_DRAWN = 600;  // edges that are drawn unless the reader asks for more

// Number of strongest in-neighbours to draw for each label, so that the drawing stays readable; Infinity for all.
function readable(graph) {
  const count = graph.edges.weight.length;
  return count <= MAX_DRAWN ? Infinity : Math.max(1, Math.floor(MAX_DRAWN / graph.size));
}

// Nodes and edges to draw: labels, or a node for all labels of a folded task, whose edges have the sum of the weights.
// Of each label the `limit` strongest in-neighbours are drawn; of the chosen label, all edges.
function drawnGraph(page, graph, folded, limit, chosen = null) {
  const node = [], nodes = [];
  const ofTask = new Map();
  page.labels.forEach((name, i) => {
    const t = page.task[i];
    if (folded.has(t) && !ofTask.has(t)) {
      const size = page.task.filter((other) => other === t).length;
      ofTask.set(t, nodes.length);
      nodes.push({key: `task ${t}`, name: `${page.tasks[t].name} (${size} labels)`, task: t, label: null});
    }
    node.push(folded.has(t) ? ofTask.get(t) : nodes.length);
    if (!folded.has(t)) nodes.push({key: `label ${i}`, name, task: t, label: i});
  });
  const joined = new Map();
  const {edges} = graph, near = (e) => edges.source[e] === chosen || edges.target[e] === chosen;
  graph.incoming.forEach((list) => list.filter((e, k) => k < limit || near(e)).forEach((e) => {
    const source = node[edges.source[e]], target = node[edges.target[e]];
    const key = source * nodes.length + target;
    const edge = joined.get(key) || {source, target, weight: 0};
    edge.weight += edges.weight[e];
    if (source !== target) joined.set(key, edge);
  }));
  return {nodes, edges: [...joined.values()], nodeOf: node};
}

// Shapes in pixels. `at` gives the position of a node, `look` the colours, `chosen` the chosen node or null.
function shapesOf(drawn, at, look, chosen, width) {
  const largest = Math.max(1e-9, ...drawn.edges.map((edge) => Math.abs(edge.weight)));
  const radius = drawn.nodes.length > 100 ? 4 : drawn.nodes.length > 40 ? 5.5 : 8;
  const near = new Set([chosen]);
  for (const edge of drawn.edges) {
    if (edge.source === chosen) near.add(edge.target);
    if (edge.target === chosen) near.add(edge.source);
  }
  const places = drawn.nodes.map((_, k) => at(k));
  const faint = (on) => (chosen === null || on ? 1 : 0.12);
  const arrows = drawn.edges.map((edge) => ({
    ...curve(places[edge.source], places[edge.target], radius),
    width: 0.6 + 3 * Math.abs(edge.weight) / largest,
    colour: edge.weight < 0 ? look.negative : look.positive,
    dashed: edge.weight < 0,
    opacity: (0.3 + 0.6 * Math.abs(edge.weight) / largest) * faint(edge.source === chosen || edge.target === chosen),
  }));
  const touched = new Set(drawn.edges.flatMap((edge) => [edge.source, edge.target]));
  const dots = drawn.nodes.map((node, k) => ({
    ...places[k], radius: node.label === null ? radius * 2 : radius, colour: look.tasks[node.task % look.tasks.length],
    ring: k === chosen ? look.text : look.ground, hollow: !touched.has(k), opacity: near.has(k) || chosen === null ? 1 : 0.35,
  }));
  return {arrows, dots, names: namesOf(drawn, dots, near, chosen, width)};
}

// A curve from one node to another, bent to its left so that the two of a pair stand apart, with an arrowhead.
function curve(from, to, radius) {
  const dx = to.x - from.x, dy = to.y - from.y, length = Math.hypot(dx, dy) || 1;
  const bend = {x: (from.x + to.x) / 2 + 0.14 * dy, y: (from.y + to.y) / 2 - 0.14 * dx};
  const back = Math.hypot(to.x - bend.x, to.y - bend.y) || 1;
  const ux = (to.x - bend.x) / back, uy = (to.y - bend.y) / back, gap = Math.min(radius + 2, length / 2);
  const tip = {x: to.x - ux * gap, y: to.y - uy * gap};
  const head = [tip, {x: tip.x - 7 * ux + 3 * uy, y: tip.y - 7 * uy - 3 * ux},
    {x: tip.x - 7 * ux - 3 * uy, y: tip.y - 7 * uy + 3 * ux}];
  return {from, bend, to: {x: tip.x - 5 * ux, y: tip.y - 5 * uy}, head};
}

// Names that do not overlap: the chosen node and its neighbours first, then nodes with many edges.
function namesOf(drawn, dots, near, chosen, room) {
  const degree = new Float64Array(dots.length);
  for (const edge of drawn.edges) { degree[edge.source]++; degree[edge.target]++; }
  const rank = (k) => (k === chosen ? 2e6 : chosen !== null && near.has(k) ? 1e6 : 0) + degree[k];
  const order = dots.map((_, k) => k).sort((a, b) => rank(b) - rank(a) || a - b);
  const taken = [], names = [];
  for (const k of order) {
    const text = shortName(drawn.nodes[k].name), width = 6.6 * text.length + 4, dot = dots[k];
    const sides = [{x: 0, y: dot.radius + 12}, {x: 0, y: -dot.radius - 5},
      {x: dot.radius + 3 + width / 2, y: 4}, {x: -dot.radius - 3 - width / 2, y: 4}];
    for (const side of sides) {
      const outside = dot.x < 0 || dot.x > room, left = dot.x + side.x - width / 2;
      const box = {x: outside ? left : Math.max(2, Math.min(left, room - width - 2)), y: dot.y + side.y - 11, width, height: 14};
      if (taken.some((other) => overlaps(box, other))) continue;
      taken.push(box);
      names.push({text, x: box.x + width / 2, y: dot.y + side.y, strong: k === chosen, opacity: dot.opacity});
      break;
    }
  }
  return names;
}

function shortName(name) {
  const letters = [...name];
  return letters.length > 28 ? `${letters.slice(0, 15).join("")}…${letters.slice(-10).join("")}` : name;
}

function overlaps(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
