// Parallel coordinates: one line per trial or permutation, from its hyperparameters to the metric.

const shades = 7;

// Distinct values of a hyperparameter, in order.
function levels(name) {
  const values = [...new Set(ranked.map((trial) => parameter(trial, name)))];
  return values.sort(compare);
}

function parallelAxes(height) {
  const top = 46, bottom = height - 18;
  const axes = D.varied.map((name) => ({ name, values: levels(name) })).filter((axis) => axis.values.length > 1).map(({ name, values }) => {
    const crowded = values.length > 14;
    const log = crowded && values[0] > 0 && values[values.length - 1] / values[0] > 50;
    const place = (v) => (log ? Math.log(v) : v);
    const scale = crowded && values.every(isNumber)
      ? ((f) => (v) => f(place(v)))(linear(place(values[0]), place(values[values.length - 1]), bottom, top))
      : (v) => (values.length === 1 ? (top + bottom) / 2 : bottom - (values.indexOf(v) / (values.length - 1)) * (bottom - top));
    const numeric = values.every(isNumber);
    const labels = crowded && numeric ? [values[0], values[Math.floor(values.length / 2)], values[values.length - 1]] : values;
    return { name, labels, clickable: !crowded || !numeric, at: (trial) => scale(parameter(trial, name)), scale };
  });
  const [low, high] = extent(ranked.map((trial) => trial.value));
  const metricScale = linear(low, high, D.lower ? top : bottom, D.lower ? bottom : top);
  axes.push({ name: D.metric, labels: ticks(low, high, 5).list, text: ticks(low, high, 5).text, metric: true,
    at: (trial) => metricScale(trial.value), scale: metricScale });
  return axes;
}

function drawParallel() {
  if (ranked.length < 3) return;
  // Every name has a line of its own; of many numbers only three are labelled.
  const names = D.varied.map(levels).filter((values) => !values.every(isNumber)).map((values) => values.length);
  const height = Math.max(380, 64 + 15 * Math.max(0, ...names)), width = 1180;
  const axes = parallelAxes(height);
  if (axes.length < 2) return;
  const node = section("parallel", "Hyperparameters and metric",
    `One line per ${noun}${D.search ? " that was trained to its end" : ""}; the stronger its colour, the better its ${D.metric}. Click a value to filter by it.`);
  if (best) node.append(legend(["q1", "poor"], ["q5", "good"], ["best", `best (${noun} ${best.id})`], ["select", "selected"]));
  const x = (i) => 70 + (i * (width - 160)) / (axes.length - 1);
  const path = (trial) => axes.map((axis, i) => `${i ? "L" : "M"}${x(i).toFixed(1)} ${axis.at(trial).toFixed(1)}`).join("");
  const lines = sv("g", { fill: "none" }), front = sv("g", {});
  const drawing = sv("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `Parallel coordinates of all ${noun}s` }, lines, front,
    axes.map((axis, i) => sv("g", {},
      sv("text", { class: "strong", x: x(i), y: i % 2 && axes.length > 7 ? 12 : 28, "text-anchor": "middle" }, axis.name),
      sv("line", { class: "axis", x1: x(i), x2: x(i), y1: 42, y2: height - 14, "stroke-width": 1.5 }),
      axis.labels.map((value) => {
        const text = axis.text ? axis.text(value) : valueText(value);
        const label = sv("text", { class: "label", x: x(i) + 8, y: axis.scale(value) + 4, "paint-order": "stroke", stroke: "var(--card)", "stroke-width": 4, "stroke-linejoin": "round" }, text);
        if (!axis.clickable) return label;
        const toggle = () => toggleTerm(`${axis.name}=${valueText(value)}`);
        return sv("g", { class: "value-button", tabindex: "0", role: "button", "aria-label": `filter ${axis.name} = ${text}`,
          onclick: toggle, onkeydown: (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); toggle(); } } }, label);
      }))));
  node.append(drawing);
  let drawnFor = null;
  onChange(() => {
    if (drawnFor !== view.visible) {
      const groups = Array.from({ length: shades }, () => []);
      for (const trial of [...ranked].reverse()) {
        if (isVisible(trial)) groups[Math.floor(((ranked.length - trial.place) / ranked.length) * shades)].push(path(trial));
      }
      const many = ranked.length > 200;
      lines.replaceChildren(...groups.map((group, q) => sv("path", { d: group.join(""), stroke: `var(--q${q})`,
        "stroke-width": many ? 1 : 1.8, "stroke-opacity": many ? 0.35 + 0.09 * q : 0.9 })));
      drawnFor = view.visible;
    }
    const special = [];
    if (best && isVisible(best)) special.push(...haloed("best-line", path(best)));
    const other = chosen();
    if (other && other !== best && isNumber(other.value)) special.push(...haloed("chosen-line", path(other)));
    front.replaceChildren(...special);
  });

  function nearest(event) {
    const at = position(event, drawing);
    const i = Math.max(0, Math.min(axes.length - 2, Math.floor(((at.x - 70) / (width - 160)) * (axes.length - 1))));
    const share = Math.max(0, Math.min(1, (at.x - x(i)) / (x(i + 1) - x(i))));
    let found = null, gap = 8;
    for (const trial of ranked) {
      if (!isVisible(trial)) continue;
      const distance = Math.abs(axes[i].at(trial) * (1 - share) + axes[i + 1].at(trial) * share - at.y);
      if (distance < gap) [found, gap] = [trial, distance];
    }
    return found;
  }
  drawing.addEventListener("mousemove", (event) => {
    const trial = nearest(event);
    if (trial) showTip(event, tipOf(trial)); else hideTip();
  });
  drawing.addEventListener("mouseleave", hideTip);
  drawing.addEventListener("click", (event) => {
    if (event.target.closest(".value-button")) return;
    const trial = nearest(event);
    if (trial) select(trial.id);
  });
}
