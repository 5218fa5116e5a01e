// The propagation matrix, or the statistic behind it, as a heat map.

"use strict";

const heat = byId("matrix");
const cursor = {row: 0, column: 0};  // positions in the order shown
let shownMatrix = null;

function drawMatrix() {
  if (state.view === "graph") return;
  const size = labels.size, room = Math.min(byId("seen-title").parentElement.clientWidth - 130, 760);
  const cell = Math.max(room / size, 1), side = Math.round(Math.max(Math.min(cell, 64) * size, 1));
  heat.width = heat.height = side;
  heat.style.width = heat.style.height = `${side}px`;
  const matrix = state.view === "matrix" ? adjacency(graph) : statisticNow(), order = orderNow();
  shownMatrix = Float64Array.from(matrix, (_, k) => matrix[order[Math.floor(k / size)] * size + order[k % size]]);
  const largest = paintMatrix(heat, shownMatrix, size, look());
  separate(heat.getContext("2d"), side / size);
  nameSides(side / size);
  byId("scale").textContent = `full colour at ${short(largest)}, square root scale; the diagonal is grey`;
}

// Position -> label: as declared, or similar labels of a task beside each other.
function orderNow() { return byId("sorted").checked ? page.order : page.labels.map((_, i) => i); }

function separate(context, cell) {
  context.fillStyle = look().text;
  page.task.forEach((task, i) => {
    if (!i || task === page.task[i - 1]) return;
    context.fillRect(0, i * cell - 0.5, heat.width, 1);
    context.fillRect(i * cell - 0.5, 0, 1, heat.height);
  });
  if (document.activeElement !== heat) return;
  context.strokeStyle = look().text;
  context.lineWidth = 2;
  context.strokeRect(cursor.column * cell, cursor.row * cell, Math.max(cell, 3), Math.max(cell, 3));
}

// Names where they fit: all of them, or those of the tasks.
function nameSides(cell) {
  const left = byId("matrix-left"), top = byId("matrix-top");
  left.replaceChildren();
  top.replaceChildren();
  const all = cell >= 11;
  const entries = all ? orderNow().map((i, k) => [shortName(page.labels[i]), k, k + 1]) : page.tasks.map((task, t) =>
    [shortName(task.name), page.task.indexOf(t), page.task.lastIndexOf(t) + 1]).filter(([, from, to]) => (to - from) * cell >= 11);
  let widest = 0;
  for (const [name, from, to] of entries) {
    const middle = `${(from + to) / 2 * cell}px`;
    left.append(element("span", {textContent: name, style: `top: ${middle}`}));
    top.append(element("span", {textContent: name, style: `left: ${middle}`}));
    widest = Math.max(widest, left.lastChild.offsetWidth);
  }
  left.style.width = top.style.height = `${Math.min(widest + 8, 190)}px`;
}

function tell({row, column}) {
  const value = shownMatrix[row * labels.size + column], [i, j] = [row, column].map((k) => orderNow()[k]);
  const raw = statisticNow()[i * labels.size + j];
  const rest = state.view === "matrix" ? ` (statistic ${short(raw)})` : "";
  const pair = i === j ? `${page.labels[i]}, itself` : `${page.labels[i]} from ${page.labels[j]}`;
  byId("cell").textContent = `${pair}: ${short(value)}${rest}`;
}

function cellAt(event) {
  const at = (offset) => Math.min(labels.size - 1, Math.max(0, Math.floor(offset * labels.size / heat.clientWidth)));
  return {row: at(event.offsetY), column: at(event.offsetX)};
}

heat.addEventListener("pointermove", (event) => tell(cellAt(event)));
heat.addEventListener("click", (event) => { Object.assign(cursor, cellAt(event)); choose(orderNow()[cursor.row]); });
heat.addEventListener("focus", drawMatrix);
heat.addEventListener("blur", drawMatrix);
heat.addEventListener("keydown", (event) => {
  const step = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]}[event.key];
  if (event.key === "Enter") choose(orderNow()[cursor.row]);
  if (!step) return;
  event.preventDefault();
  const within = (value) => Math.min(labels.size - 1, Math.max(0, value));
  Object.assign(cursor, {row: within(cursor.row + step[0]), column: within(cursor.column + step[1])});
  drawMatrix();
  tell(cursor);
});
byId("sorted").addEventListener("change", drawMatrix);
listeners.push(drawMatrix);
