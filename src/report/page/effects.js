// For each hyperparameter: its correlation with the metric, and the metric by value.

function rankOf(values) {
  const order = values.map((value, i) => [value, i]).sort((a, b) => a[0] - b[0]);
  const ranks = new Array(values.length);
  for (let i = 0; i < order.length;) {
    let j = i;
    while (j < order.length && order[j][0] === order[i][0]) j++;
    for (let k = i; k < j; k++) ranks[order[k][1]] = (i + j - 1) / 2;
    i = j;
  }
  return ranks;
}

function pearson(a, b) {
  const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
  const ma = mean(a), mb = mean(b);
  let ab = 0, aa = 0, bb = 0;
  a.forEach((value, i) => { ab += (value - ma) * (b[i] - mb); aa += (value - ma) ** 2; bb += (b[i] - mb) ** 2; });
  return aa && bb ? ab / Math.sqrt(aa * bb) : null;
}

// The metric over some trials.
function summaryOf(members) {
  const results = members.map((trial) => trial.value);
  const best = members.reduce((a, b) => (b.place < a.place ? b : a));
  return { members, mean: results.reduce((a, b) => a + b, 0) / results.length, best: best.value, range: extent(results) };
}

function effectOf(name, list) {
  const values = list.map((trial) => parameter(trial, name));
  const groups = new Map();
  list.forEach((trial, i) => { if (!groups.has(values[i])) groups.set(values[i], []); groups.get(values[i]).push(trial); });
  const rows = [...groups].map(([value, members]) => ({ value, ...summaryOf(members) })).sort((a, b) => compare(a.value, b.value));
  const coded = values.map((value) => (isNumber(value) ? value : { True: 1, False: 0 }[value]));
  const ordered = coded.every(isNumber);
  const results = list.map((trial) => trial.value);
  // The share of the variance between the values (eta squared), which names have, too.
  const total = results.reduce((a, b) => a + b, 0) / results.length;
  const spread = results.reduce((sum, value) => sum + (value - total) ** 2, 0);
  const between = rows.reduce((sum, row) => sum + row.members.length * (row.mean - total) ** 2, 0);
  return { name, rows, pearson: ordered ? pearson(coded, results) : null,
    spearman: ordered ? pearson(rankOf(coded), rankOf(results)) : null, explained: spread ? between / spread : 0 };
}

function drawEffects() {
  if (ranked.length < 3 || !D.varied.length) return;
  const node = section("effects", "Effect of each hyperparameter",
    `On ${D.metric}, over the ${D.search ? `${noun}s that were trained to their ends and that ` : `${noun}s that `}the filter shows, strongest first. Bar: from the lowest to the highest value; dot: mean. `
    + "\"Explained\" is the share of the variance that this hyperparameter accounts for by itself (eta squared); "
    + "r is Pearson's and rho Spearman's correlation.");
  const cards = el("div", { class: "cards" });
  node.append(cards);
  let drawnFor = null;
  onChange(() => {
    if (drawnFor === view.visible) return;
    drawnFor = view.visible;
    const list = ranked.filter(isVisible);
    const effects = list.length < 2 ? [] : D.varied.map((name) => effectOf(name, list)).filter((effect) => effect.rows.length > 1);
    effects.sort((a, b) => b.explained - a.explained);
    const [low, high] = extent(list.map((trial) => trial.value));
    cards.replaceChildren(...(effects.length ? effects.map((effect) => effectCard(effect, low, high))
      : [el("p", { class: "quiet" }, `The ${noun}s shown do not differ in any hyperparameter.`)]));
  });
}

function effectCard(effect, low, high) {
  const shown = effect.rows.length <= 12 || !effect.rows.every((row) => isNumber(row.value)) ? effect.rows : binned(effect);
  // Names are never cut: the longest decides where the bars begin.
  const longest = Math.max(...shown.map((row) => (row.label || valueText(row.value)).length));
  const width = 340, height = shown.length * 24 + 26, left = Math.max(96, Math.min(190, 16 + longest * 6.8)), right = width - 66;
  const x = linear(low, high, left, right);
  const winner = shown.reduce((a, b) => ((D.lower ? b.mean < a.mean : b.mean > a.mean) ? b : a));
  const scale = ticks(low, high, 3);
  const text = [`explained ${(100 * effect.explained).toFixed(0)} %`,
    effect.spearman !== null ? `r ${effect.pearson.toFixed(2)}, rho ${effect.spearman.toFixed(2)}` : null].filter(Boolean).join(" · ");
  return el("div", { class: "card" },
    el("h3", { style: "margin-top:0" }, effect.name), el("p", { class: "quiet" }, text),
    sv("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${D.metric} by ${effect.name}` },
      scale.list.map((value) => [
        sv("line", { class: "grid", x1: x(value), x2: x(value), y1: 2, y2: height - 22 }),
        sv("text", { x: x(value), y: height - 6, "text-anchor": "middle" }, scale.text(value))]).flat(),
      shown.map((row, i) => {
        const y = 14 + i * 24, label = row.label || valueText(row.value);
        return sv("g", {}, sv("title", {}, `${label}: mean ${number4(row.mean)}, best ${number4(row.best)}, ${plural(row.members.length, noun)}`),
          sv("text", { class: row === winner ? "strong" : "label", x: left - 8, y: y + 4, "text-anchor": "end" }, label),
          sv("line", { x1: x(row.range[0]), x2: x(row.range[1]), y1: y, y2: y, stroke: "var(--faint)", "stroke-width": 8, "stroke-linecap": "round" }),
          sv("circle", { cx: x(row.mean), cy: y, r: 5, fill: row === winner ? "var(--accent)" : "var(--curve)", stroke: "var(--card)" }),
          sv("text", { class: row === winner ? "strong" : null, x: width - 2, y: y + 4, "text-anchor": "end" }, number4(row.mean)));
      })));
}

// Eight bins for a hyperparameter with many numbers.
function binned(effect) {
  const size = Math.ceil(effect.rows.length / 8), groups = [];
  for (let i = 0; i < effect.rows.length; i += size) {
    const part = effect.rows.slice(i, i + size);
    groups.push({ label: `${Number(part[0].value.toPrecision(3))} …`, ...summaryOf(part.flatMap((row) => row.members)) });
  }
  return groups;
}
