// What a search did: trials at its rungs, promotions, the best value against the epochs spent.

function drawSearch() {
  if (!D.search) return;
  const { strategy, rungs, completed, on_other_folds: onOtherFolds, epochs, values, promotions } = D.search;
  const node = section("search", "Search", `--strategy ${strategy}: ${epochs}. At a rung trials${D.folds ? " on the first fold" : ""} are compared by ${D.metric}; the best go on.`
    + `${D.folds ? ` Permutations that reach their end there are trained on the other folds: ${plural(onOtherFolds, "trial")}${D.unfinished ? " so far" : ""}.` : ""}`);
  const heads = ["rung, epochs", "arrived", "promoted", "stopped", "not decided"];
  const rows = rungs.map(([epoch, arrived, promoted, stopped]) => [epoch, arrived, promoted, stopped, arrived - promoted - stopped]);
  const table = el("table", { class: "plain" },
    el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)))),
    el("tbody", {}, [...rows.map((row) => row.map(count)), ["end", count(completed), "", "", ""]].map((row) =>
      el("tr", {}, row.map((cell) => el("td", {}, cell))))));
  node.append(el("div", { class: "pair" }, el("div", {}, el("div", { class: "scroll" }, table)), ...(values.length > 1 ? [spentPanel(values)] : [])));
  if (!promotions.length) return;
  const shown = 500;
  node.append(el("details", {}, el("summary", {}, `${plural(promotions.length, "promotion")}${promotions.length > shown ? `, the last ${shown}` : ""}`),
    el("div", { class: "scroll" }, el("table", { class: "plain" },
      el("thead", {}, el("tr", {}, [noun, "after epoch", D.metric, "goes to epoch", "decided"].map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, promotions.slice(-shown).map(([trial, epoch, value, until, date]) =>
        el("tr", {}, [trial, epoch, number4(value), until ?? "its last", date].map((cell) => el("td", {}, String(cell))))))))));
}

// A step at each value that is better than all before it.
function spentPanel(values) {
  const better = (a, b) => (D.lower ? a < b : a > b);
  const steps = [];
  for (const [spent, value, trial] of values) {
    if (isNumber(value) && (!steps.length || better(value, steps[steps.length - 1].value))) steps.push({ spent, value, trial });
  }
  const last = values[values.length - 1][0];
  const [low, high] = extent(steps.map((step) => step.value));
  const chart = frame({ x: [0, last], whole: true, y: [low, high > low ? high : low + 1e-6], xLabel: "epochs spent in all trials", yLabel: D.metric,
    label: `Best ${D.metric} so far against epochs spent` });
  const line = steps.map((step, i) => `${i ? `H${chart.x(step.spent).toFixed(1)}V` : `M${chart.x(step.spent).toFixed(1)} `}${chart.y(step.value).toFixed(1)}`).join("");
  chart.data.append(...haloed("best-line", `${line}H${chart.x(last).toFixed(1)}`));
  return el("div", {}, el("h3", {}, `Best so far, at rungs and at ends${D.folds ? ", on the first fold" : ""}`), chart.node);
}
