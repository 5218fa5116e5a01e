// Charts: what the pointer or the arrow keys are at.
function numberOf(value) { return value === null ? "missing" : String(value); }
function tipAtBox(text, box) { showTip(text, box.right, box.top); }
for (const chart of document.querySelectorAll("[data-lines]")) {
  const { x, lines, axis } = JSON.parse(chart.dataset.lines), svg = chart.querySelector("svg"), at = svg.querySelector(".at");
  const left = 44, right = 8, width = svg.viewBox.baseVal.width, span = x[x.length - 1] - x[0] || 1;
  let k = -1;
  const place = i => left + (x[i] - x[0]) / span * (width - left - right);
  const text = i => [`${axis} ${x[i]}`, ...Object.entries(lines).map(([name, values]) => `${name}: ${numberOf(values[i])}`)].join("\n");
  const go = i => { k = i; at.setAttribute("x1", place(i)); at.setAttribute("x2", place(i)); at.setAttribute("visibility", "visible"); };
  const leave = () => { at.setAttribute("visibility", "hidden"); hideTip(); };
  svg.addEventListener("mousemove", event => {
    const box = svg.getBoundingClientRect(), px = (event.clientX - box.left) / box.width * width;
    go(x.map((_, i) => Math.abs(place(i) - px)).reduce((best, d, i, all) => d < all[best] ? i : best, 0));
    showTip(text(k), event.clientX, event.clientY);
  });
  svg.addEventListener("mouseleave", leave); svg.addEventListener("blur", leave);
  svg.addEventListener("keydown", event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault(); go(Math.min(x.length - 1, Math.max(0, k + step))); tipAtBox(text(k), at.getBoundingClientRect());
  });
}
for (const chart of document.querySelectorAll("[data-matrix]")) {
  const { words, rows, columns, values: joined } = JSON.parse(chart.dataset.matrix), values = joined.split(" "), svg = chart.querySelector("svg"), at = svg.querySelector(".at");
  const margin = +chart.dataset.margin, cell = +chart.dataset.cell;
  let i = 0, j = -1;
  const go = (row, column) => {
    i = row; j = column; at.setAttribute("x", margin + j * cell); at.setAttribute("y", margin + i * cell); at.setAttribute("visibility", "visible");
    return `${words[0]}: ${rows[i]}\n${words[1]}: ${columns[j]}\n${values[i * columns.length + j].replace(/^-$/, "missing")}`;
  };
  const leave = () => { at.setAttribute("visibility", "hidden"); hideTip(); };
  svg.addEventListener("mousemove", event => {
    const box = svg.getBoundingClientRect(), scale = svg.viewBox.baseVal.width / box.width;
    const row = Math.floor(((event.clientY - box.top) * scale - margin) / cell), column = Math.floor(((event.clientX - box.left) * scale - margin) / cell);
    if (row < 0 || column < 0 || row >= rows.length || column >= columns.length) return leave();
    showTip(go(row, column), event.clientX, event.clientY);
  });
  svg.addEventListener("mouseleave", leave); svg.addEventListener("blur", leave);
  svg.addEventListener("keydown", event => {
    const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
    if (!step) return;
    event.preventDefault();
    const text = go(Math.min(rows.length - 1, Math.max(0, i + step[0])), Math.min(columns.length - 1, Math.max(0, j + step[1])));
    tipAtBox(text, at.getBoundingClientRect());
  });
}
// Tables: a button in a heading sorts; the search field shows the rows that hold its text in every table of labels.
for (const button of document.querySelectorAll("th button")) button.addEventListener("click", () => {
  const heading = button.closest("th"), table = heading.closest("table"), column = [...heading.parentNode.children].indexOf(heading);
  const down = heading.getAttribute("aria-sort") !== "descending" && (heading.classList.contains("n") || heading.getAttribute("aria-sort") === "ascending");
  for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", down ? "descending" : "ascending");
  const key = row => row.children[column].dataset.value ?? row.children[column].textContent;
  const compare = (a, b) => {
    const [x, y] = [key(a), key(b)];
    if (x === "" || y === "") return (x === "") - (y === "");  // what is missing comes last, both ways
    return (heading.classList.contains("n") ? x - y : x.localeCompare(y)) * (down ? -1 : 1);
  };
  table.tBodies[0].append(...[...table.tBodies[0].rows].sort(compare));
});
const search = document.getElementById("search");
if (search) search.addEventListener("input", () => {
  const text = search.value.trim().toLowerCase();
  let shown = 0;
  for (const row of document.querySelectorAll("[data-label]")) { row.hidden = !row.dataset.label.toLowerCase().includes(text); shown += !row.hidden; }
  document.getElementById("found").textContent = text ? `${shown} row${shown === 1 ? "" : "s"}` : "";
  if (text) for (const box of document.querySelectorAll("#labels details")) box.open = true;
});
// Graphs: edges of the label under the pointer or the focus stand out.
for (const node of document.querySelectorAll("[data-node]")) {
  const edges = [...node.closest("svg").querySelectorAll("[data-edge]")];
  const mark = on => { for (const edge of edges) edge.classList.toggle("faded", on && !edge.dataset.edge.split(" ").includes(node.dataset.node)); };
  for (const [kind, on] of [["mouseenter", true], ["focus", true], ["mouseleave", false], ["blur", false]]) node.addEventListener(kind, () => mark(on));
}
addEventListener("beforeprint", () => { for (const box of document.querySelectorAll("details")) { box.dataset.was = box.open; box.open = true; } });
addEventListener("afterprint", () => { for (const box of document.querySelectorAll("details")) box.open = box.dataset.was === "true"; });
