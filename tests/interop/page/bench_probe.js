// Looks at the page of the scaling suite like a reader and writes the outcome to the root's data-probe.
"use strict";
(() => {
  const problems = [];
  const expect = (condition, what) => { if (!condition) problems.push(what); };
  const all = (selector) => [...document.querySelectorAll(selector)];
  const measured = (benchmark) => D.summaries.filter((row) => row.benchmark === benchmark);
  const variants = (...benchmarks) => new Set(benchmarks.flatMap(measured).map((row) => `${row.benchmark} ${row.variant}`)).size;
  const text = (id) => $(id).textContent;
  const began = performance.now();

  expect(document.documentElement.dataset.drawn === "yes", "the page was not drawn to its end");
  expect(!/undefined|NaN|Infinity/.test(document.querySelector("main").textContent), "a text says undefined or NaN");
  expect(!all("svg *").some((node) => /NaN|undefined|Infinity/.test(node.cloneNode().outerHTML)), "a drawing has no number where one belongs");
  expect(text("footer").startsWith("Written by msunet 1.2.3 (abc)."), "the footer does not name the program");
  expect($("nav").offsetHeight === 0, "an empty list of sections takes room");

  const trained = measured("group").concat(measured("sweep"), measured("prepare"));
  const scaled = variants("group", "sweep", "prepare");
  expect($("efficiency").hidden === !trained.length, "the efficiency is missing or drawn without data");
  if (trained.length) {
    const figures = all("#efficiency figure");
    expect(figures.length === 2 && figures.every((figure) => figure.querySelectorAll(".series").length === scaled), "a line of the efficiency or speed-up is missing");
    expect(figures.every((figure) => figure.querySelectorAll(".marker").length === trained.length), "a point of the efficiency is missing");
    const most = trained.filter((row) => row.variant === "strong").pop();
    expect(figures[0].textContent.includes(`on ${most.nodes} node`) && figures[0].textContent.includes(`${(100 * most.efficiency).toFixed(1)} %`), "a point does not say what it is");
  }
  expect(all("#throughput .series").length === variants("group", "sweep", "prepare", "io", "limits"), "a rate is missing");
  expect(all("#throughput .range").length === D.summaries.length, "the range of a rate is missing");
  expect(text("throughput").includes("Shared file, per node"), "the rate of the file is not that of a node");

  const rows = all("#table tbody tr").map((row) => [...row.cells].map((cell) => cell.textContent));
  expect(rows.length === D.summaries.length, "a row of the table is missing");
  const last = rows[rows.length - 1], row = D.summaries[D.summaries.length - 1];
  expect(last[0] === "io" && last[1] === "read" && last[2] === String(row.ranks) && /^[\d.]+ [GM]B\/s$/.test(last[4]), "a row of the table is wrong");

  expect($("parts").hidden === !D.step_parts.length, "the parts of a step are missing or drawn without data");
  if (D.step_parts.length) {
    const groups = all("#parts .legend span").map((node) => node.textContent);
    expect(JSON.stringify(groups) === JSON.stringify(["convolutions", "rest", "all-reduce"]), "the groups of parts are wrong");
    expect(all("#parts rect.part").length === 3 * D.step_parts.length, "a part is missing");
    expect(all("#parts title").some((node) => node.textContent.startsWith("convolutions: 300.0 ms")), "the parts of a group are not added up");
  }
  expect($("roofline").hidden === !D.roofline.length, "the roofline is missing or drawn without data");
  expect(all("#roofline .marker").length === D.roofline.length, "a point of the roofline is missing");
  expect(all("#roofline tbody tr").length === D.roofline.length, "a row of the roofline is missing");
  expect(all("#roofline .roof").length === (D.roofline.length ? Math.min(2, new Set(D.roofline.map((point) => point.ranks)).size) : 0), "a roof is missing");
  expect(all("#roofline .roof").every((roof) => Number(roof.getAttribute("d").match(/^M[\d.-]+ ([\d.-]+)L/)[1]) <= roof.ownerSVGElement.viewBox.baseVal.height - 42), "a roof begins below the drawing");

  expect(all("#overview .tile").length === variants("group", "sweep", "prepare", "io", "limits"), "a tile is missing");
  expect(text("notices").includes("a <notice>") && text("notices").includes("load average was 3.5"), "a notice is missing");
  expect(text("machine").includes("<Processor>") && text("machine").includes("msunet bench all") && text("machine").includes("CUDAnot used"), "the machine is not described");
  const theme = document.documentElement.dataset.theme;
  $("theme").click();
  expect(document.documentElement.dataset.theme !== theme, "the theme is not switched");
  const drawn = Math.round(began);
  // Seconds, so that a busy machine is no failure.
  expect(drawn < 20000, `drawing the page took ${drawn} ms`);
  document.documentElement.dataset.times = `drawn after ${drawn} ms`;
  document.documentElement.dataset.probe = problems.join("; ") || "all good";
})();
