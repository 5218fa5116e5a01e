// The drawing: arranged once, then moved by the reader; it follows the graph.

"use strict";

const canvas = byId("drawing");
const places = new Map();  // key of a node -> {x, y} in 0..1
const view = {zoom: 1, x: 0, y: 0};
let drawn = null, dots = [], arrangedFor = "";

function look() {
  const css = getComputedStyle(document.documentElement), of = (name) => css.getPropertyValue(name).trim();
  const rgb = (name) => of(name).split(/[\s,]+/).map(Number);
  return {
    text: of("--ink"), ground: of("--paper"), positive: of("--positive"), negative: of("--negative"),
    positiveRgb: rgb("--positive-rgb"), negativeRgb: rgb("--negative-rgb"), font: "system-ui, sans-serif",
    tasks: Array.from({length: 8}, (_, k) => of(`--c${k}`)),
    groundRgb: dark() ? [20, 23, 27] : [255, 255, 255], greyRgb: dark() ? [75, 80, 88] : [190, 194, 200],
  };
}

function dark() { return matchMedia("(prefers-color-scheme: dark)").matches && !matchMedia("print").matches; }

function limitNow() {
  if (state.drawn === "auto") return readable(graph);
  return state.drawn === "all" ? Infinity : Number(state.drawn);
}

function arrange() {
  const largest = Math.max(1e-9, ...drawn.edges.map((edge) => Math.abs(edge.weight)));
  const links = drawn.edges.map((edge) => [edge.source, edge.target, Math.abs(edge.weight) / largest]);
  const {x, y} = arranged(drawn.nodes.length, links);
  drawn.nodes.forEach((node, k) => places.set(node.key, {x: x[k], y: y[k]}));
  Object.assign(view, {zoom: 1, x: 0, y: 0});
}

function toPixels({x, y}) {
  const width = canvas.clientWidth, height = canvas.clientHeight, edge = Math.min(80, width / 8);
  return {
    x: (edge + x * (width - 2 * edge) - width / 2) * view.zoom + width / 2 + view.x,
    y: (30 + y * (height - 70) - height / 2) * view.zoom + height / 2 + view.y,
  };
}

function toPlace({x, y}) {
  const width = canvas.clientWidth, height = canvas.clientHeight, edge = Math.min(80, width / 8);
  return {
    x: ((x - view.x - width / 2) / view.zoom + width / 2 - edge) / (width - 2 * edge),
    y: ((y - view.y - height / 2) / view.zoom + height / 2 - 30) / (height - 70),
  };
}

function shapesNow(colours) {
  const chosen = state.chosen === null ? null : drawn.nodeOf[state.chosen];
  return shapesOf(drawn, (k) => toPixels(places.get(drawn.nodes[k].key)), colours, chosen, canvas.clientWidth);
}

function draw() {
  if (state.view !== "graph") return;
  drawn = drawnGraph(page, graph, state.folded, limitNow(), state.chosen);
  const wanted = JSON.stringify([state.convention, state.pairs, [...state.folded]]);
  if (wanted !== arrangedFor) { arrangedFor = wanted; arrange(); }
  const width = canvas.clientWidth, height = canvas.clientHeight, ratio = devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const context = canvas.getContext("2d"), colours = look(), shapes = shapesNow(colours);
  dots = shapes.dots;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  paint(context, shapes, colours, width, height);
}

function nodeAt(x, y) {
  let best = null, least = Infinity;
  dots.forEach((dot, k) => {
    const far = Math.hypot(dot.x - x, dot.y - y);
    if (far < Math.max(dot.radius + 6, 10) && far < least) { best = k; least = far; }
  });
  return best;
}

function zoom(factor, x = canvas.clientWidth / 2, y = canvas.clientHeight / 2) {
  const next = Math.min(12, Math.max(0.4, view.zoom * factor)), ratio = next / view.zoom;
  const dx = x - canvas.clientWidth / 2, dy = y - canvas.clientHeight / 2;
  Object.assign(view, {zoom: next, x: dx - (dx - view.x) * ratio, y: dy - (dy - view.y) * ratio});
  draw();
}

function whole() { Object.assign(view, {zoom: 1, x: 0, y: 0}); draw(); }

function press(event) {
  const node = nodeAt(event.offsetX, event.offsetY), start = {x: event.offsetX, y: event.offsetY, ...{vx: view.x, vy: view.y}};
  let moved = false;
  canvas.setPointerCapture(event.pointerId);
  canvas.onpointermove = (move) => {
    if (Math.hypot(move.offsetX - start.x, move.offsetY - start.y) > 3) moved = true;
    if (!moved) return;
    if (node === null) Object.assign(view, {x: start.vx + move.offsetX - start.x, y: start.vy + move.offsetY - start.y});
    else places.set(drawn.nodes[node].key, toPlace({x: move.offsetX, y: move.offsetY}));
    requestAnimationFrame(draw);
  };
  canvas.onpointerup = canvas.onpointercancel = () => {
    canvas.onpointermove = canvas.onpointerup = canvas.onpointercancel = null;
    if (moved) return;
    const {label, task} = node === null ? {label: null} : drawn.nodes[node];
    if (node !== null && label === null) fold(task, false); else choose(label);
  };
}

function fold(task, on) {
  if (on) state.folded.add(task); else state.folded.delete(task);
  changed("look");
}

function keyOnDrawing(event) {
  const step = {ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40]}[event.key];
  if (step) { view.x += step[0]; view.y += step[1]; draw(); }
  else if (event.key === "+" || event.key === "=") zoom(1.25);
  else if (event.key === "-") zoom(0.8);
  else if (event.key === "0") whole();
  else if (event.key === "Escape") choose(null);
  else return;
  event.preventDefault();
}

canvas.addEventListener("pointerdown", press);
canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(Math.exp(-event.deltaY / 500), event.offsetX, event.offsetY);
}, {passive: false});
canvas.addEventListener("keydown", keyOnDrawing);
new ResizeObserver(() => graph && draw()).observe(canvas);
listeners.push(draw);
