// Shared by all sections of the report: the trials, the filter and the selection.

function duration(seconds) {
  if (!isNumber(seconds)) return "";
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(Math.floor(seconds % 60)).padStart(2, "0")} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, "0")} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

// A hyperparameter's value as text.
function valueText(value) {
  if (!isNumber(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  return String(Number(value.toPrecision(6)));
}

// What a row of the ranking is.
const noun = D.folds ? "permutation" : "trial";
const trials = D.trials;
const byId = new Map(trials.map((trial) => [trial.id, trial]));
// The trials that have the metric, best first. Their places come with the data.
const ranked = trials.filter((trial) => trial.place && isNumber(trial.value)).sort((a, b) => a.place - b.place);
const best = byId.get(D.best);
const parameter = (trial, name) => trial.p[D.names.indexOf(name)];
const metric = (trial, name) => (trial.m ? trial.m[D.metrics.indexOf(name)] : null);
const describe = (trial) => D.varied.map((name) => `${name} ${valueText(parameter(trial, name))}`).join(", ");

// The filter's terms are joined by "and": comparisons like lr<0.01, or plain text.
const view = { filter: "", visible: trials, selected: null, listeners: [] };
const onChange = (listener) => { view.listeners.push(listener); listener(); };
const notify = () => view.listeners.forEach((listener) => listener());
const isVisible = (trial) => !view.filter || view.visibleIds.has(trial.id);

function lookUp(trial, name) {
  if (name === "id" || name === "state" || name === "epochs" && !D.names.includes(name)) return trial[name];
  if (name === D.metric) return trial.value;
  if (D.metrics.includes(name)) return metric(trial, name);
  return D.names.includes(name) ? parameter(trial, name) : undefined;
}

function matches(trial, term) {
  const parts = /^([A-Za-z_]+)(<=|>=|!=|=|<|>)(.+)$/.exec(term);
  if (!parts) {
    const text = [trial.id, trial.state, ...trial.p].map(valueText).join(" ").toLowerCase();
    return text.includes(term.toLowerCase());
  }
  const left = lookUp(trial, parts[1]);
  if (left === undefined || left === null) return false;
  const right = Number(parts[3]);
  const numeric = isNumber(left) && Number.isFinite(right);
  const order = numeric ? left - right : valueText(left).toLowerCase().localeCompare(parts[3].toLowerCase());
  return { "<": order < 0, ">": order > 0, "<=": order <= 0, ">=": order >= 0, "=": order === 0, "!=": order !== 0 }[parts[2]];
}

function setFilter(text) {
  view.filter = text.trim();
  const terms = view.filter.split(/\s+/).filter(Boolean);
  view.visible = trials.filter((trial) => terms.every((term) => matches(trial, term)));
  view.visibleIds = new Set(view.visible.map((trial) => trial.id));
  notify();
}

function toggleTerm(term) {
  const terms = view.filter.split(/\s+/).filter(Boolean);
  const next = terms.includes(term) ? terms.filter((other) => other !== term) : [...terms, term];
  $("filter").value = next.join(" ");
  setFilter(next.join(" "));
}

function select(id) {
  view.selected = view.selected === id ? null : id;
  notify();
}

const chosen = () => (view.selected === null ? null : byId.get(view.selected));

function showTip(event, text) {
  const tip = $("tip");
  tip.textContent = text;
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  tip.style.left = `${Math.min(event.clientX + 14, innerWidth - box.width - 8)}px`;
  tip.style.top = `${Math.min(event.clientY + 14, innerHeight - box.height - 8)}px`;
}
const hideTip = () => { $("tip").hidden = true; };

const tipOf = (trial) => [`${noun} ${trial.id}${trial === best ? " (best)" : ""}`,
  isNumber(trial.value) ? `${D.metric} ${number4(trial.value)}` : trial.state, describe(trial)].filter(Boolean).join("\n");

// Fills a section with its heading and shows it.
function section(id, title, note) {
  const node = $(id);
  node.replaceChildren(el("h2", {}, title), ...(note ? [el("p", { class: "quiet" }, note)] : []));
  node.hidden = false;
  $("nav").append(el("a", { href: `#${id}` }, title));
  return node;
}
