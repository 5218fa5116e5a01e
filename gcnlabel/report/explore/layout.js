// Where the nodes of a drawing stand. Pure functions: the same graph is always arranged alike.

"use strict";

const ITERATIONS = 300;

// Positions in [0, 1] x [0, 1] by forces (Fruchterman and Reingold, 1991), from a circle; nodes without an edge stand
// in rows below the others. `links` are [a, b, strength in 0..1].
function arranged(size, links) {
  const linked = new Set(links.flatMap(([a, b]) => [a, b]));
  const inside = Array.from({length: size}, (_, i) => i).filter((i) => linked.has(i));
  const x = new Float64Array(size), y = new Float64Array(size);
  inside.forEach((i, k) => {
    x[i] = Math.cos(2 * Math.PI * k / inside.length);
    y[i] = Math.sin(2 * Math.PI * k / inside.length);
  });
  const ideal = Math.sqrt(4 / Math.max(inside.length, 1)), degree = new Float64Array(size);
  for (const [a, b] of links) { degree[a]++; degree[b]++; }
  const weak = links.map(([a, b, strength]) => [a, b, (0.2 + 0.8 * strength) / Math.sqrt(Math.min(degree[a], degree[b]))]);
  for (let step = 0; step < ITERATIONS; step++) {
    moved(inside, weak, x, y, ideal, 0.2 * (1 - step / ITERATIONS) + 0.001);
  }
  const alone = Array.from({length: size}, (_, i) => i).filter((i) => !linked.has(i));
  const rows = Math.ceil(alone.length / 12), height = inside.length ? 1 - 0.07 * rows : 1;
  for (const places of [x, y]) scaled(inside, places);
  for (const i of inside) y[i] *= Math.max(height, 0.4);
  alone.forEach((i, k) => {
    x[i] = (k % 12 + 0.5) / Math.min(12, alone.length);
    y[i] = inside.length ? 1 - 0.07 * (rows - 1 - Math.floor(k / 12)) : (Math.floor(k / 12) + 0.5) / rows;
  });
  return {x, y};
}

// One step: nodes that are near repel each other, links and a weak pull to the middle draw them together; at most
// `limit` far.
function moved(inside, links, x, y, ideal, limit) {
  const dx = new Float64Array(x.length), dy = new Float64Array(x.length);
  for (let a = 0; a < inside.length; a++) {
    const i = inside[a];
    for (let b = a + 1; b < inside.length; b++) {
      const j = inside[b], u = x[i] - x[j] || 1e-3, v = y[i] - y[j], square = u * u + v * v;
      if (square > 9 * ideal * ideal) continue;
      const force = ideal * ideal / square;
      dx[i] += u * force; dy[i] += v * force; dx[j] -= u * force; dy[j] -= v * force;
    }
    dx[i] -= x[i] * 0.15; dy[i] -= y[i] * 0.15;
  }
  for (const [i, j, strength] of links) {
    const u = x[i] - x[j], v = y[i] - y[j], force = Math.hypot(u, v) / ideal * strength;
    dx[i] -= u * force; dy[i] -= v * force; dx[j] += u * force; dy[j] += v * force;
  }
  for (const i of inside) {
    const length = Math.hypot(dx[i], dy[i]) || 1, far = Math.min(length, limit) / length;
    x[i] += dx[i] * far; y[i] += dy[i] * far;
  }
}

function scaled(inside, places) {
  const low = Math.min(...inside.map((i) => places[i])), high = Math.max(...inside.map((i) => places[i]));
  for (const i of inside) places[i] = high > low ? (places[i] - low) / (high - low) : 0.5;
}
