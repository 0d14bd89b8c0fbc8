// Scales and axes.

function ticks(low, high, wanted, whole) {
  const raw = Math.max((high - low) / wanted || 1, whole ? 1 : 0);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((lead) => lead * power).find((candidate) => candidate >= raw * 0.999);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const list = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) list.push(i * step);
  return { list, text: (value) => value.toFixed(digits) };
}

const linear = (low, high, from, to) => (value) => from + ((value - low) / (high - low || 1)) * (to - from);

function extent(values) {
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    if (!isNumber(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low > high ? [0, 1] : [low, high];
}

function quantile(values, share) {
  const sorted = values.filter(isNumber).sort((a, b) => a - b);
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] : 1;
}

// An SVG with axes; returns its scales and a clipped group for the data. xText and yText make the
// text of a tick where it is not the number.
let clips = 0;
function frame({ width = 560, height = 300, x, y, whole, xText, yText, yWhole, xLabel, yLabel, label }) {
  const area = { left: 52, right: width - 12, top: 12, bottom: height - 42 };
  const xScale = linear(x[0], x[1], area.left, area.right);
  const yScale = linear(y[0], y[1], area.bottom, area.top);
  const clip = `clip${clips++}`;
  const xs = ticks(x[0], x[1], 7, whole), ys = ticks(y[0], y[1], 6, yWhole);
  const xWords = xText || xs.text, yWords = yText || ys.text;
  const data = sv("g", { "clip-path": `url(#${clip})` });
  const node = sv("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
    sv("clipPath", { id: clip }, sv("rect", { x: area.left, y: area.top - 3, width: area.right - area.left + 4, height: area.bottom - area.top + 6 })),
    ys.list.map((value) => [
      sv("line", { class: "grid", x1: area.left, x2: area.right, y1: yScale(value), y2: yScale(value) }),
      sv("text", { x: area.left - 7, y: yScale(value) + 4, "text-anchor": "end" }, yWords(value))]).flat(),
    xs.list.map((value) => sv("text", { x: xScale(value), y: area.bottom + 17, "text-anchor": "middle" }, xWords(value))),
    sv("path", { class: "axis", d: `M${area.left} ${area.top}V${area.bottom}H${area.right}` }),
    sv("text", { x: (area.left + area.right) / 2, y: height - 6, "text-anchor": "middle" }, xLabel),
    sv("text", { transform: `translate(12 ${(area.top + area.bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, yLabel),
    data);
  return { node, data, x: xScale, y: yScale, area };
}

// A mouse position in the units of the SVG's viewBox.
function position(event, node) {
  const matrix = node.getScreenCTM();
  return matrix ? new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse()) : { x: 0, y: 0 };
}

const legend = (...entries) => el("div", { class: "legend" },
  entries.map(([colour, text, style]) => el("span", { class: style, style: `--c: var(--${colour})` }, text)));

// A line that stands out from the many behind it.
const haloed = (cls, d) => [sv("path", { class: "halo", d }), sv("path", { class: cls, d })];
