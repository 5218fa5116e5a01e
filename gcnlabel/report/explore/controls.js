// The controls, and what is handed out: command, YAML, SVG and edges.

"use strict";

const names = page.tasks.map((task) => task.name);

page.conventions.forEach(({name, refused}, k) => byId("convention").append(
  element("option", {value: k, textContent: refused ? `${name} (${refused})` : name, disabled: Boolean(refused)})));
names.forEach((name, a) => names.slice(a).forEach((other, k) => {
  const input = element("input", {type: "checkbox", value: `${a},${a + k}`, onchange: takePairs});
  byId("pairs").append(element("label", {className: "check"}, input, ` ${name} : ${other}`));
}));
names.forEach((name, t) => {
  const input = element("input", {type: "checkbox", value: t, onchange: () => fold(t, input.checked)});
  byId("folds").append(element("label", {className: "check"}, input, ` ${name}`));
  const mark = element("span", {className: "mark task", textContent: name, style: `--mark: var(--c${t % 8})`});
  byId("task-marks").append(mark, " ");
});
byId("folds").hidden = names.length < 2;
byId("task-marks").hidden = names.length < 2;
for (const id of ["edit-source", "edit-target"]) {
  byId(id).append(...page.labels.map((name, i) => element("option", {value: i, textContent: name})));
}

function takePairs() {
  const on = [...byId("pairs").querySelectorAll("input:checked")];
  state.pairs = on.map((input) => input.value.split(",").map(Number));
  changed();
}

// A number between 0 and 1, by a slider or as text; `take` gets it.
function share(id, title, value, take) {
  const number = element("input", {type: "number", min: 0, max: 1, step: "any", id: `${id}-number`, value});
  const slider = element("input", {type: "range", min: 0, max: 1, step: 0.01, id, value});
  number.setAttribute("aria-label", `${title}, as a number`);
  const put = (from, to) => {
    const given = Number(from.value);
    if (from.value === "" || !(given >= 0 && given <= 1)) return;
    to.value = given;
    take(given);
  };
  slider.oninput = () => put(slider, number);
  number.oninput = () => put(number, slider);
  const label = element("label", {htmlFor: id, textContent: title});
  return [element("div", {className: "pair"}, label, number), slider];
}

function showWeights() {
  const box = byId("weights"), each = typeof state.p === "object";
  box.replaceChildren();
  const take = (p) => { state.p = p; changed(); };
  if (!each) box.append(...share("p", "Weight of the neighbours p", state.p, take));
  else names.forEach((name, t) => box.append(...share(`p-${t}`, `p of ${name}`, state.p[name],
    (p) => take({...state.p, [name]: p}))));
  if (names.length < 2 || !conventionNow().steps.some(({name}) => name === "Reweight")) return;
  const input = element("input", {type: "checkbox", id: "p-each", checked: each});
  input.onchange = () => {
    const one = each ? Object.values(state.p)[0] : state.p;
    state.p = each ? one : Object.fromEntries(names.map((name) => [name, one]));
    changed();
    showWeights();
    byId("p-each").focus();
  };
  box.append(element("label", {className: "check"}, input, " p for each task"));
}

function showControls() {
  const convention = conventionNow(), twin = twinOf(state.convention), usable = new Set(convention.usable.map(String));
  byId("convention").value = state.convention;
  byId("about").textContent = convention.about;
  byId("signs").checked = /^signed/.test(convention.name);
  byId("signs").disabled = twin < 0 || Boolean(page.conventions[twin].refused);
  byId("signs").parentElement.title = byId("signs").disabled ? "The convention determines how signs are treated." : "";
  byId("tau").value = byId("tau-number").value = state.tau;
  const on = new Set(state.pairs.map((pair) => String([...pair].sort((a, b) => a - b))));
  for (const input of byId("pairs").querySelectorAll("input")) {
    input.checked = on.has(input.value);
    input.disabled = !usable.has(input.value);
    input.parentElement.classList.toggle("off", input.disabled);
    input.parentElement.title = input.disabled ? "This pair lacks the statistic that the convention needs." : "";
  }
  showWeights();
}

function handOut() {
  const refused = !graph.edges.weight.length;
  byId("command").textContent = refused ? "" : commandOf(page, state, state.changed.size > 0);
  byId("yaml").textContent = refused ? "" : yamlOf(page, state, state.changed.size > 0);
  byId("copy-command").disabled = byId("copy-yaml").disabled = refused;
  byId("undo").disabled = !state.changed.size;
  for (const t of page.tasks.keys()) byId("folds").querySelectorAll("input")[t].checked = state.folded.has(t);
}

function show(viewName) {
  state.view = viewName;
  for (const each of ["graph", "matrix", "statistic"]) byId(`show-${each}`).setAttribute("aria-pressed", each === viewName);
  canvas.hidden = byId("drawing-keys").hidden = viewName !== "graph";
  byId("matrix-frame").hidden = byId("matrix-keys").hidden = viewName === "graph";
  byId("cell").textContent = "";
  changed("look");
}

async function copy(id) {
  const text = byId(id).textContent;
  try { await navigator.clipboard.writeText(text); } catch {
    getSelection().selectAllChildren(byId(id));
    document.execCommand("copy");
  }
  byId("said").textContent = "Copied.";
}

function save(name, text, type) {
  const link = element("a", {href: URL.createObjectURL(new Blob([text], {type})), download: name});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

const on = (id, event, act) => byId(id).addEventListener(event, act);
on("convention", "change", (event) => { takeConvention(Number(event.target.value)); showControls(); changed(); });
on("signs", "change", () => { state.convention = twinOf(state.convention); showControls(); changed(); });
on("tau", "input", (event) => { byId("tau-number").value = state.tau = Number(event.target.value); changed(); });
on("tau-number", "input", ({target}) => {
  if (target.value === "" || !(target.value >= 0 && target.value <= 1)) return;
  byId("tau").value = state.tau = Number(target.value);
  changed();
});
on("reset", "click", () => { takeConvention(state.convention); showControls(); changed(); });
on("drawn", "change", (event) => { state.drawn = event.target.value; changed("look"); });
on("arrange", "click", () => { arrange(); draw(); });
on("fit", "click", whole);
on("closer", "click", () => zoom(1.25));
on("further", "click", () => zoom(0.8));
on("copy-command", "click", () => copy("command"));
on("copy-yaml", "click", () => copy("yaml"));
on("save-svg", "click", () => {
  if (state.view !== "graph") show("graph");
  draw();
  const colours = look(), size = [canvas.clientWidth, canvas.clientHeight];
  save("label_graph.svg", svgOf(shapesNow(colours), colours, ...size, page.title), "image/svg+xml");
});
on("save-edges", "click", () => save("edges.csv", edgesCsv(page, rawEdges(statisticNow(), labels.size)), "text/csv"));
on("save-tasks", "click", () => save("tasks.yaml", page.declared, "application/yaml"));
on("undo", "click", () => { state.changed.clear(); changed(); });
on("edit", "submit", (event) => {
  event.preventDefault();
  const [source, target] = [byId("edit-source").value, byId("edit-target").value], value = Number(byId("edit-value").value);
  if (source === target) { byId("said").textContent = "An edge needs two different labels."; return; }
  state.changed.set(`${target},${source}`, value);
  byId("said").textContent = "";
  changed();
});
for (const each of ["graph", "matrix", "statistic"]) on(`show-${each}`, "click", () => show(each));
on("controls", "submit", (event) => event.preventDefault());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => changed("look"));
listeners.push(handOut);

begin();
recompute();
showControls();
show(state.view);
