// The ranking: a table to sort, to filter and to walk through with the arrow keys.

function rankingColumns(everything) {
  const shownMetrics = D.metrics.filter((name) => name !== D.metric && (D.validation || !name.startsWith("val_"))
    && (everything || !name.includes("jaccard")));
  const constant = D.names.filter((name) => !D.varied.includes(name));
  const columns = [
    { head: "#", get: (t) => t.place, text: (t) => t.place || "", up: true },
    { head: "id", get: (t) => t.id, up: true },
    // What a search has stopped shows its last value but has no place.
    { head: D.metric, get: (t) => t.value, text: (t) => number4(t.value ?? (t.state === "stopped" ? metric(t, D.metric) : null)), up: D.lower },
    ...shownMetrics.map((name) => ({ head: name, get: (t) => metric(t, name), text: (t) => number4(metric(t, name)), up: name.includes("loss") })),
    ...[...D.varied, ...(everything ? constant : [])].map((name) => ({ head: name, get: (t) => parameter(t, name), text: (t) => valueText(parameter(t, name)), up: true })),
    ...(trials.some((t) => t.training !== undefined)
      ? [{ head: "training", get: (t) => t.training, text: (t) => (t.training === undefined ? "" : `of ${t.training}`), up: true }] : []),
    { head: "epochs run", get: (t) => t.epochs, up: false },
    { head: "time", get: (t) => t.seconds, text: (t) => duration(t.seconds), up: true },
    { head: "state", get: (t) => t.state, up: true, kind: "text", cls: (t) => `state-${t.state}` },
  ];
  return columns;
}

function compare(a, b) {
  const missing = (value) => value === null || value === undefined || value === "";
  if (missing(a) || missing(b)) return missing(a) - missing(b);
  return isNumber(a) && isNumber(b) ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });
}

// The order of trials without a place: those that a search trained longer come first, then the better.
function compareStopped(a, b) {
  if (a.state !== "stopped" || b.state !== "stopped") return 0;
  const order = compare(metric(a, D.metric), metric(b, D.metric));
  return b.epochs - a.epochs || (D.lower ? order : -order);
}

function drawRanking() {
  const node = section("ranking", "Ranking",
    `All ${D.folds ? "permutations, the best mean of" : "trials, best"} ${D.metric} first. Click a row to highlight it in the charts; the arrow keys move, Enter selects.`);
  const table = el("table", {});
  const info = el("span", { class: "quiet" });
  const input = el("input", { id: "filter", type: "search", "aria-label": `Filter ${noun}s`, autocomplete: "off",
    placeholder: "Filter: any text, or lr<0.01 optimizer=Adam state=failed", oninput: () => setFilter(input.value) });
  const all = el("input", { type: "checkbox", onchange: () => build() });
  node.append(el("div", { class: "bar" }, input, el("label", {}, all, " all columns"), info),
    el("div", { class: "scroll", id: "rows" }, table));

  let columns = [], sort = { column: 0, up: true }, rows = [];
  let body = el("tbody", {});
  function head() {
    return el("thead", {}, el("tr", {}, columns.map((column, index) => el("th", {
      scope: "col", class: column.kind,
      "aria-sort": index === sort.column ? (sort.up ? "ascending" : "descending") : null },
      el("button", { type: "button", onclick: () => {
        sort = { column: index, up: index === sort.column ? !sort.up : column.up };
        build();
      } }, column.head)))));
  }
  function row(trial) {
    const node = el("tr", { tabindex: "-1", onclick: () => select(trial.id) },
      columns.map((column) => el("td", { class: [column.kind, column.cls && column.cls(trial)].filter(Boolean).join(" ") || null },
        String(column.text ? column.text(trial) : column.get(trial)))));
    node.trial = trial;
    return node;
  }
  function build() {
    columns = rankingColumns(all.checked);
    sort.column = Math.min(sort.column, columns.length - 1);
    const key = columns[sort.column].get;
    const sorted = [...trials].sort((a, b) => {
      const x = key(a), y = key(b), order = compare(x, y);
      const absent = x === null || x === undefined || y === null || y === undefined;
      return (sort.up || absent ? order : -order) || (absent ? compareStopped(a, b) : 0) || a.id - b.id;
    });
    rows = sorted.map(row);
    body = el("tbody", {}, rows);
    table.replaceChildren(head(), body);
    update();
  }
  function update() {
    for (const line of rows) {
      line.hidden = !isVisible(line.trial);
      line.classList.toggle("best", line.trial === best);
      line.classList.toggle("selected", line.trial.id === view.selected);
    }
    const first = rows.find((line) => line.classList.contains("selected") && !line.hidden) || rows.find((line) => !line.hidden);
    rows.forEach((line) => { line.tabIndex = line === first ? 0 : -1; });
    info.textContent = view.filter ? `${count(view.visible.length)} of ${plural(trials.length, noun)}` : plural(trials.length, noun);
  }
  table.addEventListener("keydown", (event) => {
    const line = event.target.closest("tbody tr");
    if (!line) return;
    const shown = rows.filter((other) => !other.hidden);
    const at = shown.indexOf(line);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: shown.length - 1 }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      const target = shown[Math.max(0, Math.min(shown.length - 1, next))];
      line.tabIndex = -1;
      target.tabIndex = 0;
      target.focus();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      select(line.trial.id);
    }
  });
  build();
  onChange(update);
}
