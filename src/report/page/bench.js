// The page of msunet bench: how each benchmark scales, where a step's time goes, the roofline.

const narrow = matchMedia("(max-width: 600px)");
const size = () => (narrow.matches ? { width: 350, height: 250 } : { width: 560, height: 300 });

// Line, colour and marker of each benchmark, the same in all charts.
const kinds = [
  { benchmark: "group", variant: "strong", name: "one permutation, fixed batch (strong)", colour: "s0", marker: "circle" },
  { benchmark: "group", variant: "weak", name: "one permutation, batch × ranks (weak)", colour: "s1", marker: "square" },
  { benchmark: "sweep", variant: "", name: "independent permutations", colour: "s2", marker: "triangle" },
  { benchmark: "prepare", variant: "", name: "preprocessing", colour: "s3", marker: "diamond" },
  { benchmark: "io", variant: "write", name: "parallel write", colour: "s0", marker: "circle" },
  { benchmark: "io", variant: "read", name: "collective read", colour: "s1", marker: "square" },
  { benchmark: "limits", variant: "multiply-add", name: "multiply-adds in registers", colour: "s2", marker: "triangle" },
  { benchmark: "limits", variant: "triad", name: "memory (triad)", colour: "s4", marker: "diamond" },
].map((kind) => ({ ...kind, rows: D.summaries.filter((row) => row.benchmark === kind.benchmark && row.variant === kind.variant) }))
  .filter((kind) => kind.rows.length);
const kindsOf = (...benchmarks) => kinds.filter((kind) => benchmarks.includes(kind.benchmark));

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const three = (x) => x.toFixed(x < 9.995 ? 2 : x < 99.95 ? 1 : 0);
function withPrefix(value, unit) {
  const prefixes = ["", "k", "M", "G", "T"];
  let step = 0;
  for (; value >= 999.5 && step + 1 < prefixes.length; step++) value /= 1000;
  return `${three(value)} ${prefixes[step]}${unit}`;
}
const units = { samples: "samples/s", bytes: "B/s", flop: "flop/s" };
const rateText = (rate, unit) => (unit === "samples" ? `${rate.toFixed(1)} samples/s` : withPrefix(rate, units[unit]));
const placeText = (row) => `${plural(row.ranks, "rank")} on ${plural(row.nodes, "node")}`;

const markers = {
  circle: (x, y) => `M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z`,
  square: (x, y) => `M${x - 4} ${y - 4}h8v8h-8z`,
  triangle: (x, y) => `M${x} ${y - 5}l5 9h-10z`,
  diamond: (x, y) => `M${x} ${y - 5.5}l5 5.5l-5 5.5l-5 -5.5z`,
};

function drawMarker(area, shape, x, y, colour, text) {
  area.append(sv("path", { class: "marker", d: markers[shape](x, y), style: `--c: var(--${colour})` }, sv("title", {}, text)));
}

// A line with markers through the values of a kind.
function drawSeries(chart, kind, value, text) {
  const points = kind.rows.map((row) => [chart.x(Math.log2(row.ranks)), chart.y(value(row)), row]);
  chart.data.append(sv("path", { class: "series", style: `--c: var(--${kind.colour})`, d: "M" + points.map(([x, y]) => `${x} ${y}`).join("L") }));
  for (const [x, y, row] of points) drawMarker(chart.node, kind.marker, x, y, kind.colour, `${kind.name}, ${placeText(row)}: ${text(row)}`);
}

// The range of the repeats.
function drawRanges(chart, kind, scale) {
  for (const row of kind.rows) {
    const x = chart.x(Math.log2(row.ranks));
    chart.data.append(sv("path", { class: "range", style: `--c: var(--${kind.colour})`, d: `M${x} ${chart.y(scale(row.lowest_rate, row))}V${chart.y(scale(row.highest_rate, row))}` }));
  }
}

const mostRanks = Math.max(1, ...D.summaries.map((row) => row.ranks));
const rankAxis = () => ({ x: [0, Math.max(1, Math.log2(mostRanks))], whole: true, xText: (value) => count(2 ** value), xLabel: "ranks" });
const legendOf = (list, ...more) => legend(...list.map((kind) => [kind.colour, kind.name]), ...more);
const ideal = ["soft", "ideal", "broken"];

function efficiencyChart(list) {
  const top = Math.max(1.1, ...list.flatMap((kind) => kind.rows.map((row) => row.efficiency * 1.05)));
  const chart = frame({ ...size(), ...rankAxis(), y: [0, top], yText: (value) => `${Math.round(100 * value)} %`, yLabel: "", label: "Efficiency against ranks" });
  chart.data.append(sv("path", { class: "ideal", d: `M${chart.area.left} ${chart.y(1)}H${chart.area.right}` }));
  for (const kind of list) drawSeries(chart, kind, (row) => row.efficiency, (row) => percent(row.efficiency));
  return el("figure", {}, el("h3", {}, "Efficiency"), chart.node);
}

function speedUpChart(list) {
  const log = (row) => Math.log2(Math.max(row.speed_up, 0.25));
  const most = Math.max(1, Math.log2(mostRanks), ...list.flatMap((kind) => kind.rows.map(log)));
  const least = Math.min(0, ...list.flatMap((kind) => kind.rows.map(log)));
  const chart = frame({ ...size(), ...rankAxis(), y: [least, most], yWhole: true, yText: (value) => String(2 ** value), yLabel: "times one rank", label: "Speed-up against ranks" });
  const end = Math.max(1, Math.log2(mostRanks));
  chart.data.append(sv("path", { class: "ideal", d: `M${chart.x(0)} ${chart.y(0)}L${chart.x(end)} ${chart.y(end)}` }));
  for (const kind of list) drawSeries(chart, kind, log, (row) => `${row.speed_up.toFixed(2)} times`);
  return el("figure", {}, el("h3", {}, "Speed-up"), chart.node);
}

function drawEfficiency() {
  const list = kindsOf("group", "sweep", "prepare");
  if (!list.length) return;
  fill("efficiency", el("h2", {}, "Efficiency against ranks"),
    el("p", { class: "quiet" }, "Work done in a second on n ranks, divided by n times that of one rank. Ranks fill one node after another."),
    legendOf(list, ideal), el("div", { class: "pair" }, efficiencyChart(list), speedUpChart(list)));
}

// Rates of some kinds in one chart; `share` divides a row's rate.
function rateChart(title, list, share) {
  const values = list.flatMap((kind) => kind.rows.map((row) => row.highest_rate / share(row)));
  const top = Math.max(...values, 1e-9);
  const step = list[0].rows[0].unit === "samples" ? 0 : Math.min(4, Math.max(0, Math.floor(Math.log10(top) / 3)));
  const divisor = 1000 ** step;
  const unit = ["", "k", "M", "G", "T"][step] + units[list[0].rows[0].unit];
  const scaled = (rate, row) => rate / share(row) / divisor;
  const chart = frame({ ...size(), ...rankAxis(), y: [0, 1.05 * top / divisor], yLabel: unit, label: `${title} against ranks` });
  for (const kind of list) {
    drawRanges(chart, kind, scaled);
    drawSeries(chart, kind, (row) => scaled(row.rate, row), (row) => `${three(scaled(row.rate, row))} ${unit} (${three(scaled(row.lowest_rate, row))}–${three(scaled(row.highest_rate, row))})`);
  }
  return el("figure", {}, el("h3", {}, title), legendOf(list), chart.node);
}

function drawThroughput() {
  const whole = () => 1, perNode = (row) => row.nodes;
  const charts = [["Training", ["group", "sweep"], whole], ["Preprocessing with augmentation", ["prepare"], whole], ["Shared file, per node", ["io"], perNode]]
    .map(([title, benchmarks, share]) => [title, kindsOf(...benchmarks), share])
    .filter(([, list]) => list.length).map(([title, list, share]) => rateChart(title, list, share));
  for (const kind of kindsOf("limits")) charts.push(rateChart(`Limit: ${kind.name}`, [kind], whole));
  if (!charts.length) return;
  fill("throughput", el("h2", {}, "Throughput"), el("p", { class: "quiet" }, "Medians; vertical lines are the ranges of the repeats."), el("div", { class: "pair" }, charts));
}

// Parts of a step that are shown together, in the order of the data.
const partGroups = [...new Set(D.step_parts.flatMap((one) => one.parts.map((part) => part.group)))];
const sum = (list) => list.reduce((a, b) => a + b, 0);
const groupedParts = (parts) => partGroups.map((group) => sum(parts.filter((part) => part.group === group).map((part) => part.seconds)));

function partBars(variant, list) {
  const { width } = size();
  const left = 64, right = width - 66, row = 26;
  const slowest = Math.max(...list.map((one) => sum(groupedParts(one.parts))), 1e-9);
  const bars = list.flatMap((one, i) => {
    const sums = groupedParts(one.parts), total = sum(sums);
    let x = left;
    const rects = sums.map((time, part) => {
      const wide = (time / slowest) * (right - left);
      const rect = sv("rect", { class: `part part-${part}`, x, y: i * row + 4, width: wide, height: row - 8 },
        sv("title", {}, `${partGroups[part]}: ${(1000 * time).toFixed(1)} ms, ${percent(total ? time / total : 0)}`));
      x += wide;
      return rect;
    });
    return [sv("text", { x: left - 7, y: i * row + 18, "text-anchor": "end" }, plural(one.ranks, "rank")), ...rects,
      sv("text", { x: x + 6, y: i * row + 18 }, `${(1000 * total).toFixed(0)} ms`)];
  });
  const title = variant === "strong" ? "Fixed batch" : "Batch × ranks";
  return el("figure", {}, el("h3", {}, title), sv("svg", { viewBox: `0 0 ${width} ${list.length * row + 4}`, role: "img", "aria-label": `Parts of a step, ${title}` }, bars));
}

function drawParts() {
  const charts = ["strong", "weak"].map((variant) => [variant, D.step_parts.filter((one) => one.variant === variant)])
    .filter(([, list]) => list.length).map(([variant, list]) => partBars(variant, list));
  if (!charts.length) return;
  fill("parts", el("h2", {}, "Where a step's time goes"),
    el("p", { class: "quiet" }, "Steps of one permutation on a group of ranks, means of the ranks, measured beside the rates above."),
    el("div", { class: "legend" }, partGroups.map((name, i) => el("span", { class: `block part-${i}` }, name))), el("div", { class: "pair" }, charts));
}

function drawRoofline() {
  if (!D.roofline.length) return;
  const log = Math.log10;
  const ridges = D.roofline.map((point) => point.peak / point.bandwidth);
  const low = Math.floor(log(Math.min(...ridges, ...D.roofline.map((point) => point.intensity)))) - 0.3;
  const high = Math.ceil(log(Math.max(...ridges, ...D.roofline.map((point) => point.intensity)))) + 0.3;
  // Per rank, so that the roofs of all numbers of ranks lie near each other; down to where the roofs begin.
  const rates = D.roofline.flatMap((point) => [point.flops, point.peak, point.bandwidth * 10 ** low].map((rate) => rate / point.ranks));
  const y = [Math.max(0, Math.floor(log(Math.min(...rates)))), Math.max(1, Math.ceil(log(Math.max(...rates)) + 0.05))];
  const chart = frame({ ...size(), x: [low, high], whole: true, xText: (value) => valueOfTen(value), y, yWhole: true, yText: (value) => valueOfTen(value - 9),
    xLabel: "operations for each byte", yLabel: "Gflop/s per rank", label: "Roofline of a training step" });
  const numbers = [...new Set(D.roofline.map((point) => point.ranks))].sort((a, b) => a - b);
  for (const ranks of new Set([numbers[0], numbers[numbers.length - 1]])) {
    const point = D.roofline.find((one) => one.ranks === ranks);
    const ridge = log(point.peak / point.bandwidth);
    chart.data.append(sv("path", { class: "roof", d: `M${chart.x(low)} ${chart.y(low + log(point.bandwidth / ranks))}L${chart.x(ridge)} ${chart.y(log(point.peak / ranks))}H${chart.x(high)}` }, sv("title", {}, `limits of ${plural(ranks, "rank")}`)));
  }
  const list = kindsOf("group");
  for (const point of D.roofline) {
    const kind = list.find((one) => one.variant === point.variant);
    drawMarker(chart.node, kind.marker, chart.x(log(point.intensity)), chart.y(log(point.flops / point.ranks)), kind.colour,
      `${kind.name}, ${placeText(point)}: ${withPrefix(point.flops, "flop/s")}, ${percent(point.flops / point.attainable)} of the attainable ${withPrefix(point.attainable, "flop/s")}`);
  }
  const rows = D.roofline.map((point) => el("tr", {}, [point.variant, point.ranks, three(point.intensity), withPrefix(point.flops, "flop/s"), withPrefix(point.attainable, "flop/s"), percent(point.flops / point.attainable)]
    .map((cell, i) => el("td", { class: i ? "" : "text" }, String(cell)))));
  fill("roofline", el("h2", {}, "Roofline of a step"),
    el("p", { class: "quiet" }, "Operations are counted as direct convolutions in float32. Winograd's convolutions need fewer and bf16 has other units, so a step may pass the roof. Bytes are those that move if no activation stays in a cache."),
    legendOf(list, ["soft", `measured limits of arithmetic and memory, of ${count(numbers[0])}${numbers.length > 1 ? ` and of ${count(numbers[numbers.length - 1])} ranks` : " rank"}`]),
    el("div", { class: "pair" }, el("figure", {}, chart.node),
      el("div", { class: "scroll plain" }, el("table", {}, el("thead", {}, el("tr", {}, ["", "ranks", "flop/B", "step", "attainable", "share"].map((cell, i) => el("th", { class: i ? "" : "text" }, cell)))), el("tbody", {}, rows)))));
}
const valueOfTen = (value) => (value < 0 ? (10 ** value).toFixed(-value) : count(10 ** value));

function drawTable() {
  const names = ["benchmark", "", "ranks", "nodes", "median", "lowest", "highest", "per node", "speed-up", "efficiency", "all-reduce"];
  const rows = D.summaries.map((row) => el("tr", {}, [row.benchmark, row.variant, row.ranks, row.nodes,
    rateText(row.rate, row.unit), rateText(row.lowest_rate, row.unit), rateText(row.highest_rate, row.unit), rateText(row.rate / row.nodes, row.unit),
    row.speed_up.toFixed(2), percent(row.efficiency), isNumber(row.reduction_share) ? percent(row.reduction_share) : ""]
    .map((cell, i) => el("td", { class: i < 2 ? "text" : "" }, String(cell)))));
  fill("table", el("h2", {}, "All figures"), el("p", { class: "quiet" }, "Each repeat is a line of bench.csv."),
    el("div", { class: "scroll plain" }, el("table", {}, el("thead", {}, el("tr", {}, names.map((name, i) => el("th", { class: i < 2 ? "text" : "" }, name)))), el("tbody", {}, rows))));
}

function pairs(entries) {
  return el("dl", {}, entries.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, String(value))]));
}

function drawMachine() {
  const machine = D.machine;
  const nodes = (machine.nodes || []).map((node) => `${node.host}: ${plural(node.ranks, "rank")}, ${plural(node.cores, "core")}${node.devices.length ? ", " + node.devices.map((device) => device.name).join(", ") : ""}`);
  fill("machine", el("h2", {}, "Machine"),
    pairs([["processor", machine.processor], ["nodes", nodes.join("; ")], ["threads of a rank", machine.threads_per_rank], ["precision", machine.precision],
      ["load average", `${D.load_before.toFixed(1)} at the start, ${D.load_after.toFixed(1)} at the end`], ["command", (machine.command || []).join(" ")], ["started", machine.started]]),
    el("details", {}, el("summary", {}, "Versions"), pairs(Object.entries(machine.versions || {}).map(([name, version]) => [name, version === null ? "not used" : version]))),
    el("details", {}, el("summary", {}, "Options"), pairs(Object.entries(D.options))));
}

// The row of most ranks.
const last = (list) => list[list.length - 1];

function drawOverview() {
  const machine = D.machine, nodes = machine.nodes || [];
  $("subtitle").textContent = `${machine.processor || ""}; ${plural(machine.ranks || 1, "rank")} on ${plural(nodes.length, "node")}; ${machine.started || ""}`;
  const tiles = kinds.map((kind) => {
    const row = last(kind.rows);
    const perNode = kind.benchmark === "io" || kind.benchmark === "limits";
    return perNode ? tile(kind.name, rateText(row.rate / row.nodes, row.unit), `per node, ${placeText(row)}`)
      : tile(kind.name, percent(row.efficiency), `efficiency of ${placeText(row)}, ${rateText(row.rate, row.unit)}`);
  });
  fill("overview", el("div", { class: "tiles" }, tiles));
  const cores = Math.max(1, ...nodes.map((node) => node.cores));
  const busy = D.load_before > 0.5 ? [`The load average was ${D.load_before.toFixed(1)} when the suite began (${plural(cores, "core")} per node): other work on the machine distorts the figures.`] : [];
  $("notices").replaceChildren(...[...busy, ...D.notices].map((notice) => el("p", { class: "notice" }, notice)));
}

function fill(id, ...nodes) {
  $(id).hidden = false;
  $(id).replaceChildren(...nodes);
}

function draw() {
  for (const part of [drawOverview, drawEfficiency, drawThroughput, drawParts, drawRoofline, drawTable, drawMachine]) part();
}
narrow.addEventListener("change", draw);
draw();
$("footer").textContent = `Written by msunet ${(D.machine.versions || {}).msunet || ""} (${(D.machine.versions || {}).commit || "unknown commit"}). This page needs no network.`;
document.documentElement.dataset.drawn = "yes";
