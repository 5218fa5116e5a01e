// From a raw statistic to a propagation matrix: the transforms of gcnlabel, as pure functions.
// A list of edges is {source, target, weight}: arrays of equal length; entry A[i, j] is the edge j -> i.

"use strict";

// Edges of a raw matrix (Float32Array, size x size, row = receiving label), without its diagonal.
function rawEdges(matrix, size) {
  const source = [], target = [], weight = [];
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const value = matrix[i * size + j];
      if (i !== j && value !== 0) { source.push(j); target.push(i); weight.push(value); }
    }
  }
  return {source, target, weight};
}

function kept(edges, keep) {
  const result = {source: [], target: [], weight: []};
  for (let e = 0; e < edges.weight.length; e++) {
    if (edges.source[e] !== edges.target[e] && !keep(e)) continue;
    for (const key of ["source", "target", "weight"]) result[key].push(edges[key][e]);
  }
  return result;
}

function reweighted(edges, weightOf) {
  return {...edges, weight: edges.weight.map(weightOf)};
}

// Sums of absolute weights at one end of the edges, for each of `size` labels.
function sums(ends, weight, size) {
  const total = new Float64Array(size);
  for (let e = 0; e < weight.length; e++) total[ends[e]] += Math.abs(weight[e]);
  return total;
}

function withoutLoops(edges) {
  const inner = (e) => edges.source[e] !== edges.target[e];
  const every = edges.weight.map((_, e) => e).filter(inner);
  return {
    source: every.map((e) => edges.source[e]),
    target: every.map((e) => edges.target[e]),
    weight: every.map((e) => edges.weight[e]),
  };
}

function withLoops(edges, loops) {
  const nodes = Array.from(loops, (_, i) => i);
  return {
    source: edges.source.concat(nodes), target: edges.target.concat(nodes), weight: edges.weight.concat([...loops]),
  };
}

function strongest(edges, k) {
  const order = edges.weight.map((_, e) => e).filter((e) => edges.source[e] !== edges.target[e]);
  order.sort((a, b) => edges.target[a] - edges.target[b]
    || Math.abs(edges.weight[b]) - Math.abs(edges.weight[a]) || edges.source[a] - edges.source[b]);
  const chosen = new Set(), seen = new Map();
  for (const e of order) {
    const rank = seen.get(edges.target[e]) || 0;
    if (rank < k) chosen.add(e);
    seen.set(edges.target[e], rank + 1);
  }
  return kept(edges, (e) => chosen.has(e));
}

// Each step: (edges, settings, {size, task: task of each label}) -> edges.
const STEPS = {
  TaskPairs(edges, {keep}, {task}) {
    const named = new Set(keep.flatMap(([a, b]) => [`${a},${b}`, `${b},${a}`]));
    return kept(edges, (e) => named.has(`${task[edges.target[e]]},${task[edges.source[e]]}`));
  },
  Absolute: (edges) => reweighted(edges, Math.abs),
  Threshold(edges, {tau}) {
    const least = Math.fround(tau);  // compared in the type of the weights
    return kept(edges, (e) => edges.weight[e] >= least);
  },
  AbsoluteThreshold(edges, {tau}) {
    const least = Math.fround(tau);
    return kept(edges, (e) => Math.abs(edges.weight[e]) >= least);
  },
  Sign: (edges) => reweighted(edges, Math.sign),
  Binarize: (edges) => reweighted(edges, () => 1),
  TopK: (edges, {k}) => strongest(edges, k),
  Reweight(edges, {p}, {size, task, tasks}) {
    const inner = withoutLoops(edges), total = sums(inner.target, inner.weight, size);
    const share = (i) => (typeof p === "object" ? p[tasks[task[i]].name] : p);
    const weight = inner.weight.map((w, e) => share(inner.target[e]) * (w / (total[inner.target[e]] || 1)));
    return withLoops({...inner, weight}, total.map((sum, i) => (sum === 0 ? 1 : 1 - share(i))));
  },
  ColumnReweight(edges, {p}, {size}) {
    const inner = withoutLoops(edges), total = sums(inner.source, inner.weight, size);
    const weight = inner.weight.map((w, e) => p * w / (total[inner.source[e]] + 1e-6));
    return withLoops({...inner, weight}, new Float64Array(size).fill(1));
  },
  Normalize(edges, {mode}, {size}) {
    const ends = mode === "column" ? edges.source : edges.target;
    const total = sums(ends, edges.weight, size).map((sum) => (sum > 0 ? sum : Infinity));
    const {source, target} = edges;
    return {...edges, weight: edges.weight.map((w, e) => (mode === "sym"
      ? w / Math.sqrt(total[target[e]]) / Math.sqrt(total[source[e]]) : w / total[ends[e]]))};
  },
  Transpose: (edges) => ({source: edges.target, target: edges.source, weight: edges.weight}),
};

// The finished graph: edges between labels, loops, and what they say of each label.
function finishedGraph(labels, matrix, convention, {tau, p, pairs}) {
  const chosen = {tau, p};
  let edges = STEPS.TaskPairs(rawEdges(matrix, labels.size), {keep: pairs}, labels);
  for (const step of convention.steps) {
    const settings = Object.fromEntries(
      Object.entries(step).map(([key, value]) => [key, value === key ? chosen[key] : value]));
    edges = STEPS[step.name](edges, settings, labels);
  }
  return describedGraph(edges, labels.size);
}

function describedGraph(all, size) {
  const edges = withoutLoops(all), loops = new Float64Array(size);
  all.source.forEach((j, e) => { if (j === all.target[e]) loops[j] += all.weight[e]; });
  const incoming = Array.from({length: size}, () => []), outgoing = Array.from({length: size}, () => []);
  edges.target.forEach((i, e) => { incoming[i].push(e); outgoing[edges.source[e]].push(e); });
  for (const list of [...incoming, ...outgoing]) {
    list.sort((a, b) => Math.abs(edges.weight[b]) - Math.abs(edges.weight[a]));
  }
  return {
    size, edges, loops, incoming, outgoing,
    rowSums: sums(all.target, all.weight, size),
    isolated: incoming.map((_, i) => i).filter((i) => !incoming[i].length && !outgoing[i].length),
    positive: edges.weight.filter((w) => w > 0).length,
    negative: edges.weight.filter((w) => w < 0).length,
  };
}

// The propagation matrix, size x size, row = receiving label.
function adjacency({size, edges, loops}) {
  const matrix = new Float64Array(size * size);
  loops.forEach((w, i) => { matrix[i * size + i] = w; });
  edges.weight.forEach((w, e) => { matrix[edges.target[e] * size + edges.source[e]] += w; });
  return matrix;
}
