// Learning curves: all trials in grey, the best and the selected one in front.

function drawCurves() {
  const learned = trials.filter((trial) => trial.h.epoch.length);
  if (!learned.length) return;
  const node = section("curves", "Learning curves");
  const split = D.validation ? "validation" : "training";
  node.append(
    legend(["curve", `all, ${split}`], ["best", `best (${best ? `${noun} ${best.id}` : "none yet"}), ${split}`],
      ...(D.validation ? [["best", "best, training", "broken"]] : []), ["select", "selected"]),
    el("div", { class: "pair" }, curvePanel(learned, "loss", "Loss"), curvePanel(learned, "dice", "Dice")));
}

function curvePanel(learned, name, title) {
  const shown = (trial) => trial.h[`val_${name}`] || trial.h[name];
  const points = learned.flatMap(shown);
  let [low, high] = extent(best ? [...points, ...best.h[name]] : points);
  if (name === "dice") [low, high] = [Math.max(0, Math.floor(low * 10) / 10), 1];
  else high = Math.max(quantile(points, 0.98), low + 1e-6);  // a diverging run must not flatten the rest
  const last = Math.max(2, ...learned.map((trial) => trial.h.epoch[trial.h.epoch.length - 1]));
  const chart = frame({ x: [1, last], whole: true, y: [low, high], xLabel: "epoch", yLabel: title, label: `${title} by epoch` });
  // A single epoch is drawn as a point: a line of no length with round ends.
  const path = (trial, values) => trial.h.epoch.map((epoch, i) => {
    if (!isNumber(values[i])) return "";
    const joined = i && isNumber(values[i - 1]), alone = !joined && !isNumber(values[i + 1]);
    return `${joined ? "L" : "M"}${chart.x(epoch).toFixed(1)} ${chart.y(values[i]).toFixed(1)}${alone ? "h0" : ""}`;
  }).join("");
  const grey = sv("path", { class: learned.length > 30 ? "curve" : "curve few" });
  const front = sv("g", {});
  if (learned.every((trial) => trial.h.epoch.length < 2)) chart.data.classList.add("one-epoch");
  chart.data.append(grey, front);

  function lines(trial, cls) {
    if (!trial || !trial.h.epoch.length) return [];
    const list = [...haloed(cls, path(trial, shown(trial)))];
    if (trial.h[`val_${name}`] && trial.h.epoch.length > 1) list.push(sv("path", { class: `${cls} dashed`, "stroke-opacity": ".75", d: path(trial, trial.h[name]) }));
    return list;
  }
  let drawnFor = null;
  onChange(() => {
    if (drawnFor !== view.visible) {
      grey.setAttribute("d", learned.filter(isVisible).map((trial) => path(trial, shown(trial))).join(""));
      drawnFor = view.visible;
    }
    front.replaceChildren(...lines(best, "best-line"), ...(chosen() === best ? [] : lines(chosen(), "chosen-line")));
  });

  function nearest(event) {
    const at = position(event, chart.node);
    let found = null, gap = 14;
    for (const trial of learned) {
      if (!isVisible(trial)) continue;
      const values = shown(trial), epochs = trial.h.epoch;
      for (let i = 0; i < epochs.length; i++) {
        const dx = chart.x(epochs[i]) - at.x;
        if (Math.abs(dx) > 20 || !isNumber(values[i])) continue;
        const distance = Math.hypot(dx / 2, chart.y(values[i]) - at.y);
        if (distance < gap) [found, gap] = [trial, distance];
      }
    }
    return found;
  }
  chart.node.addEventListener("mousemove", (event) => {
    const trial = nearest(event);
    chart.node.style.cursor = trial ? "pointer" : "";
    if (trial) showTip(event, tipOf(trial)); else hideTip();
  });
  chart.node.addEventListener("mouseleave", hideTip);
  chart.node.addEventListener("click", (event) => { const trial = nearest(event); if (trial) select(trial.id); });
  return el("div", {}, el("h3", {}, title), chart.node);
}
