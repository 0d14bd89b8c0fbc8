// Which rank trained which trial, and when. Starts of the program follow each other without the time between them.

// Ended without a result: its group was lost, or the job died.
const isLost = (span) => span.outcome === "pending" || span.outcome === "running" && span.start < D.starts.length - 1;

function timelineParts() {
  const starts = D.starts.map((start, index) => {
    const spans = D.timeline.filter((span) => span.start === index);
    const [from, to] = spans.length ? [Math.min(...spans.map((s) => s.from)), Math.max(...spans.map((s) => s.to))] : [start.from, start.from];
    return { ...start, spans, from, to, ranks: start.ranks, group: Math.max(1, start.group) };
  }).filter((start) => start.spans.length);
  let offset = 0;
  for (const start of starts) {
    start.offset = offset;
    offset += start.to - start.from;
  }
  return { starts, total: offset };
}

function drawTimeline() {
  const { starts, total } = timelineParts();
  if (!starts.length || total <= 0) return;
  const leaders = [...new Set(starts.flatMap((start) => start.spans.map((span) => span.rank)))].sort((a, b) => a - b);
  const what = trials.some((t) => t.training !== undefined) ? "training" : "trial";
  const node = section("timeline", "Ranks over time",
    `${plural(leaders.length, starts[0].group > 1 ? "group" : "rank")} over ${duration(total)}${D.idle === null ? "" : `, idle ${(100 * D.idle).toFixed(1)} % of the time`}`
    + `${starts.length > 1 ? `, in ${starts.length} starts (dashed lines)` : ""}. One bar per ${what}${D.folds ? ", with the id of its permutation" : ""}${starts[0].group > 1 ? ", on the line of its group's leader" : ""}.`);
  const lane = Math.max(4, Math.min(26, 420 / leaders.length)), width = 1180, left = 96, right = width - 70;
  const height = leaders.length * lane + 44;
  const x = linear(0, total, left, right);
  const unit = total > 7200 ? ["h", 3600] : total > 180 ? ["min", 60] : ["s", 1];
  const scale = ticks(0, total / unit[1], 8);
  const bars = D.timeline.map((span) => {
    const start = starts.find((s) => s.spans.includes(span));
    const trial = byId.get(span.trial);
    const x0 = x(start.offset + span.from - start.from), x1 = x(start.offset + span.to - start.from);
    const y = 6 + leaders.indexOf(span.rank) * lane;
    const bar = sv("rect", { x: x0, y, width: Math.max(1, x1 - x0 - (x1 - x0 > 4 ? 1 : 0)), height: Math.max(2, lane - (lane > 8 ? 4 : 1)), rx: lane > 12 ? 2 : 0 });
    const label = lane >= 14 && x1 - x0 > 9 * String(span.trial).length + 6
      ? sv("text", { x: (x0 + x1) / 2, y: y + lane / 2 + 2, "text-anchor": "middle", "pointer-events": "none" }, String(span.trial)) : null;
    const group = sv("g", { style: "cursor:pointer", onclick: () => select(span.trial) }, bar, label);
    group.addEventListener("mousemove", (event) => showTip(event, `${trial ? tipOf(trial) : `${noun} ${span.trial}`}\nrank ${span.rank}, ${duration(span.to - span.from)}, ${isLost(span) ? "lost" : span.outcome}`));
    group.addEventListener("mouseleave", hideTip);
    return { bar, label, trial, span, group };
  });
  const every = Math.ceil(14 / lane);
  node.append(legend(["q2", what, "block"], ["best", "best", "block"], ["select", "selected", "block"], ["ink", "failed or lost", "block"]),
    sv("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "Timeline of ranks" },
      scale.list.map((value) => [
        sv("line", { class: "grid", x1: x(value * unit[1]), x2: x(value * unit[1]), y1: 2, y2: height - 34 }),
        sv("text", { x: x(value * unit[1]), y: height - 18, "text-anchor": "middle" }, `${scale.text(value)} ${unit[0]}`)]).flat(),
      leaders.map((rank, i) => [
        i % every ? null : sv("text", { x: left - 10, y: 6 + i * lane + lane / 2 + 2, "text-anchor": "end" }, `rank ${rank}`)]).flat(),
      bars.map((bar) => bar.group),
      starts.slice(1).map((start) => sv("line", { class: "axis dashed", x1: x(start.offset), x2: x(start.offset), y1: 0, y2: height - 30, "stroke-width": 1.5 }))));
  onChange(() => {
    for (const { bar, label, trial, span } of bars) {
      const bad = span.outcome === "failed" || isLost(span);
      const marked = trial && trial.id === view.selected;
      bar.setAttribute("fill", marked ? "var(--select)" : trial && trial === best ? "var(--best)" : bad ? "var(--ink)" : "var(--q2)");
      bar.setAttribute("fill-opacity", trial && !isVisible(trial) ? 0.25 : 1);
      if (label) label.setAttribute("style", marked || trial === best || bad ? "fill: var(--card)" : "fill: var(--ink)");
    }
  });
}
