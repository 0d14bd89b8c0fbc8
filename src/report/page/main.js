// The head of the page, failures, settings; then everything is drawn.

function dataTile() {
  const sum = (list) => list.reduce((a, b) => a + b, 0);
  const { all, train, val, copies, train_samples: trainSamples, val_samples: valSamples } = D.data;
  const kinds = D.modalities.map((name, i) => [name, all.pairs[i]]).filter(([, n]) => n).map(([name, n]) => `${name} ${n}`).join(", ");
  const more = [D.folds ? `each validates in one of ${D.folds.folds} folds` : `${count(sum(train.pairs))} training, ${count(sum(val.pairs))} validation`, kinds,
    `${count(trainSamples)}${valSamples ? ` + ${count(valSamples)}` : ""} samples from ${count(all.slices)} slices`,
    copies ? plural(copies, "augmented copy", "augmented copies") : ""].filter(Boolean).join("; ");
  return tile("data", plural(sum(all.pairs), "scan"), more);
}

function drawOverview() {
  const states = (state) => trials.filter((trial) => trial.state === state).length;
  const ended = states("done") + states("failed") + states("pca") + states("stopped");
  const parts = [`${count(states("done"))} done`, states("stopped") ? `${count(states("stopped"))} stopped by the search` : "", states("pca") ? `${count(states("pca"))} PCA only` : "", states("failed") ? `${count(states("failed"))} failed` : "",
    states("running") ? `${count(states("running"))} running` : "", ended < D.trial_count ? `${count(D.trial_count - ended)} left` : ""].filter(Boolean).join(", ");
  const seconds = D.starts.reduce((sum, start) => sum + Math.max(0, start.to - start.from), 0);
  const world = D.starts[D.starts.length - 1];
  const where = world ? [plural(new Set(world.nodes).size || 1, "node"), world.gpus ? world.device : `CPU, ${plural(world.threads, "thread")} per rank`,
    world.precision, world.group > 1 ? `${world.group} ranks per trial` : ""].filter(Boolean).join(", ") : "";
  $("title").textContent = D.experiment + (D.shard ? ` (shard ${D.shard})` : "");
  const extended = D.extensions.map(([added, date]) => `; extended by ${plural(added, "trial")} on ${date}`).join("");
  $("subtitle").textContent = `${D.started} to ${D.unfinished ? D.as_of : D.ended}${extended}`;
  if (D.unfinished) {
    $("overview").append(el("p", { class: "notice" }, `This sweep is not complete. As of ${D.as_of}: ${parts}${ended === D.trial_count && D.refit ? `; the refit is left (${D.refit})` : ""}. Reload the page to update it.`));
  }
  $("overview").append(
    el("div", { class: "tiles" },
      tile(`best ${D.metric}`, best ? number4(best.value) : "none yet", best ? `${noun} ${best.id}${D.varied.length ? `: ${describe(best)}` : ""}` : "", "first"),
      tile(`${noun}s`, count(D.trial_count), parts),
      tile("run time", duration(seconds), `${D.starts.length > 1 ? `${D.starts.length} starts; ` : ""}preprocessing ${duration(D.data.prepare_seconds)}${D.data.from_cache ? " (from the cache)" : ""}`),
      tile("ran on", world ? plural(world.ranks, "rank") : "", where),
      dataTile()));
}

function drawFailures() {
  const failed = trials.filter((trial) => trial.state === "failed");
  if (!failed.length) return;
  const node = section("failures", "Failures", "Also in failures.csv; --retry_failed runs them again.");
  node.append(el("div", { class: "scroll" }, el("table", { class: "plain" },
    el("thead", {}, el("tr", {}, ["id", "rank", "epochs run"].map((head) => el("th", { scope: "col" }, head)), ["hyperparameters", "reason"].map((head) => el("th", { scope: "col", class: "text" }, head)))),
    el("tbody", {}, failed.map((trial) => el("tr", {}, [trial.id, trial.rank, trial.epochs].map((cell) => el("td", {}, String(cell))),
      el("td", { class: "text long" }, describe(trial) || "-"), el("td", { class: "text long" }, trial.reason || "")))))));
}

// A file beside the page.
const link = (name) => el("a", { href: encodeURI(name) }, name);

function drawPca() {
  const measured = trials.filter((trial) => trial.state === "pca");
  if (!measured.length) return;
  const node = section("pca", "Principal components",
    "Cumulative explained variance of the start model's deepest features: all components, and from the 20th on. The pictures are files beside this page.");
  for (const trial of measured) {
    const file = (name) => `trials/${trial.id}/${name}`;
    node.append(el("h3", {}, `Trial ${trial.id}`), el("div", { class: "pair" }, [["pca_full_range.svg", "all components"], ["pca_excl_early_range.svg", "from component 20 on"]].map(([name, what]) =>
      el("figure", {}, el("img", { src: file(name), alt: `Explained variance, ${what}, trial ${trial.id}`, loading: "lazy", style: "width:100%" }),
        el("figcaption", {}, `${what}: `, link(file(name)))))),
      el("p", { class: "quiet" }, "Values: ", link(file("pca_cumsum.npy"))));
  }
}

function drawValidationScans() {
  const { val_scans: listed } = D.data;
  if (!listed.length) return;
  const masks = D.whole_masks;
  const measured = (scan) => (masks && masks.scans[scan]) || [null, null, null], dice = (scan) => measured(scan)[0];
  const scans = masks ? [...listed].sort(([a], [b]) => (dice(a) ?? 2) - (dice(b) ?? 2)) : listed;
  const node = section("scans", "Validation scans", `${plural(scans.length, "scan")} ${D.folds ? "that validate, each in one fold of each repeat" : "on which no trial was trained"}. `
    + (masks ? `The ${D.folds ? "best permutation's whole masks, each by the model that was trained without the scan," : "best model's whole masks"} against the manual masks, on the scans' own grids, worst first. Mean ± standard deviation: Dice ${masks.means}.`
      + (masks.hausdorff95 ? ` 95 % Hausdorff distance in mm: ${masks.hausdorff95}.` : "")
      + (masks.surface_dice ? ` Surface Dice within one pixel: ${masks.surface_dice}.` : "") : ""));
  const shown = 20;
  node.append(el("details", scans.length <= shown ? { open: "" } : {}, el("summary", {}, "All validation scans"), el("div", { class: "scroll" }, el("table", { class: "plain" },
    el("thead", {}, el("tr", {}, ["scan", "mask", "modality"].map((head) => el("th", { scope: "col", class: "text" }, head)),
      ["slices", ...(masks ? ["Dice, whole mask", "Hausdorff 95 %, mm", "surface Dice"] : [])].map((head) => el("th", { scope: "col" }, head)))),
    el("tbody", {}, scans.map(([scan, mask, modality, slices]) => el("tr", {}, [scan, mask, modality].map((cell) => el("td", { class: "text" }, cell)),
      [count(slices), ...(masks ? measured(scan).map((value) => (isNumber(value) ? number4(value) : "-")) : [])].map((cell) => el("td", {}, cell)))))))));
}

function drawSettings() {
  const node = section("settings", "Files and settings");
  const files = el("dl", {}, [[D.summary, `one row per ${noun}`], [D.archive, `Talos Deploy archive of the best ${noun}`],
    ["best_model.hdf5", "the same model for Keras and msunet predict"], ["config.yaml", "effective configuration"], ["environment.json", "versions, nodes, devices, seed"],
    ...(best && best.files ? [[best.files[0], `metrics of the best ${noun} by epoch`], [best.files[1], "its Dice by modality"]] : [])]
    .flatMap(([name, what]) => [el("dt", {}, link(name)), el("dd", {}, what)]));
  const chosenFiles = el("p", { class: "quiet" });
  node.append(files, chosenFiles, el("details", {}, el("summary", {}, "All settings"),
    el("dl", {}, D.settings.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]))));
  if (best) {
    node.append(el("details", {}, el("summary", {}, `All hyperparameters of ${noun} ${best.id}`),
      el("dl", {}, D.names.flatMap((name, i) => [el("dt", {}, name), el("dd", {}, valueText(best.p[i]))]))));
  }
  onChange(() => {
    const trial = chosen();
    chosenFiles.replaceChildren(...(trial && trial.files ? [`Files of ${noun} ${trial.id}: `, link(trial.files[0]), ", ", link(trial.files[1])] : []));
  });
}

drawOverview();
drawRanking();
drawSearch();
drawFolds();
drawCurves();
drawDice();
drawPictures();
drawPca();
drawValidationScans();
drawParallel();
drawEffects();
drawTimeline();
drawFailures();
drawSettings();
$("footer").textContent = `Written by ${D.version}. This page needs no network.`;
document.documentElement.dataset.drawn = "yes";
