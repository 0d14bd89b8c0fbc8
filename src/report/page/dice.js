// Dice by modality and split: one tick per trial, the best and the selected one in front.

function drawDice() {
  const measured = trials.filter((trial) => trial.dice);
  const rows = [];
  D.modalities.forEach((modality, index) => {
    for (const [split, key] of [["validation", "val"], ["training", "train"]]) {
      if (measured.some((trial) => isNumber(trial.dice[key][index]))) rows.push({ modality, split, key, index });
    }
  });
  if (!rows.length) return;
  const node = section("dice", "Dice by modality",
    `One tick per ${noun}, after its last epoch (with --restore_best: after its best). Training Dice leaves out augmented copies. `
    + "This is the soft Dice that training sees: of the likelihoods, over batches of patches. "
    + (D.whole_masks ? `The Dice of whole masks of the best ${D.folds ? "permutation, each scan by the model that was trained without it" : "model"}, mean ± standard deviation by scan: ${D.whole_masks.means}; every scan is listed below.`
      : "The Dice of whole masks, scan by scan, is measured at the end of the sweep, or by msunet predict --validation."));
  const height = rows.length * 34 + 40, width = 1100, left = 230, right = width - 150;
  const values = measured.flatMap((trial) => rows.map((row) => trial.dice[row.key][row.index]));
  const low = Math.max(0, Math.floor(Math.min(extent(values)[0], 0.9) * 10) / 10);
  const x = linear(low, 1, left, right);
  const scale = ticks(low, 1, 8);
  const strips = sv("g", {}), front = sv("g", {});
  const drawing = sv("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "Dice by modality and split" },
    scale.list.map((value) => [
      sv("line", { class: "grid", x1: x(value), x2: x(value), y1: 4, y2: height - 30 }),
      sv("text", { x: x(value), y: height - 12, "text-anchor": "middle" }, scale.text(value))]).flat(),
    rows.map((row, i) => [
      sv("text", { class: row.key === "val" || !D.validation ? "strong" : null, x: left - 140, y: 25 + i * 34, "text-anchor": "end" },
        row.key === "val" || rows[i - 1]?.modality !== row.modality ? row.modality : ""),
      sv("text", { x: left - 10, y: 25 + i * 34, "text-anchor": "end" }, `${row.split}, ${plural(D.data[row.key].pairs[row.index], "scan")}`),
      sv("line", { class: "axis", x1: left, x2: right, y1: 21 + i * 34, y2: 21 + i * 34 })]).flat(),
    strips, front);
  node.append(legend(["curve", `a ${noun}`], ["best", best ? `best (${noun} ${best.id})` : "best", "block"], ["select", "selected", "block"]), drawing);

  function marks(trial, cls) {
    if (!trial || !trial.dice) return [];
    return rows.flatMap((row, i) => {
      const value = trial.dice[row.key][row.index];
      if (!isNumber(value)) return [];
      const list = [sv("circle", { class: cls, r: 6.5, cx: x(value), cy: 21 + i * 34 })];
      const column = cls === "dot-best" ? right + 14 : right + 80;
      list.push(sv("text", { class: cls === "dot-best" ? "strong" : "label", x: column, y: 25 + i * 34 }, number4(value)));
      return list;
    });
  }
  onChange(() => {
    const d = measured.filter(isVisible).map((trial) => rows.map((row, i) => {
      const value = trial.dice[row.key][row.index];
      return isNumber(value) ? `M${x(value).toFixed(1)} ${13 + i * 34}v16` : "";
    }).join("")).join("");
    strips.replaceChildren(sv("path", { class: measured.length > 30 ? "curve" : "curve few", d }));
    front.replaceChildren(...marks(best, "dot-best"), ...(chosen() === best ? [] : marks(chosen(), "dot-chosen")));
  });
}
