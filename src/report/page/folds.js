// Cross-validation: the spread of each permutation over its trials, and what can't be told from the best.

function drawFolds() {
  if (!D.folds || !D.folds.rows.length) return;
  const { folds, repeats, rows, equal, stopped } = D.folds;
  const node = section("folds", "Cross-validation",
    `Each permutation${D.search ? " that the search trains to its end" : ""} has ${plural(folds * repeats, "trial")}: ${folds} folds${repeats > 1 ? ` in ${repeats} repeats` : ""}, which keep subjects together. `
    + `The ranking is by the mean of ${D.metric}; curves are means, too. Each trial is in folds.csv, its history in folds/.`);
  const others = rows.length - equal.length;
  node.append(el("p", {}, equal.length > 1
    ? `${equal.length} permutations can't be told apart. The cheapest of them, by the epochs that were trained, then by the time, is permutation ${equal[0]}.`
    : rows.length > 1 ? `Permutation ${rows[0].id} is better than all others${stopped.length ? " that have all folds" : ""}.` : "There is no other permutation to compare with.",
  others && equal.length > 1 ? ` ${plural(others, "permutation")} ${others === 1 ? "is" : "are"} worse.` : ""));
  const named = 50;
  if (stopped.length) {
    node.append(el("p", {}, `${plural(stopped.length, "permutation")} ${stopped.length === 1 ? "was" : "were"} stopped by the search on fold 1 and ${stopped.length === 1 ? "is" : "are"} not compared: `
      + `${stopped.slice(0, named).join(", ")}${stopped.length > named ? ` and ${stopped.length - named} more` : ""}.`));
  }
  if (D.refit) node.append(el("p", {}, `Refit: ${D.refit}.`));
  const first = equal.map((id) => rows.find((row) => row.id === id));
  const shown = [...first, ...rows.filter((row) => !row.equal)];
  const heads = ["id", "mean", "standard deviation", "trials", "p against the best", "epochs in all", "time"];
  node.append(el("div", { class: "scroll" }, el("table", { class: "plain" },
    el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)), ["", "hyperparameters"].map((head) => el("th", { scope: "col", class: "text" }, head)))),
    el("tbody", {}, shown.map((row) => el("tr", {},
      [row.id, number4(row.mean), number4(row.sd), row.n, isNumber(row.p) ? row.p.toFixed(3) : "-", count(row.epochs), duration(row.seconds)].map((cell) => el("td", {}, String(cell))),
      el("td", { class: "text" }, row.id === D.best ? "best" : row.equal ? "as good as the best" : ""),
      el("td", { class: "text" }, byId.has(row.id) ? describe(byId.get(row.id)) : "")))))),
  el("p", { class: "quiet" }, "p: corrected resampled t-test (Nadeau & Bengio, 2003) of the differences between the same folds; from 0.05 on permutations count as equal. "
    + "The trials of a permutation share most of their scans, so that the usual paired t-test finds differences where there are none; this one allows for it. "
    + "It is not corrected for the number of permutations. fold_models/ has the models of all folds of the best permutation; best_model.hdf5 is its refit on all scans (folder refit/), without one the model of its best fold."));
}
