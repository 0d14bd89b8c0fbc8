// Uses the page of masks like a reader and writes the outcome to the root's data-probe.
"use strict";
(() => {
  const problems = [];
  const expect = (condition, what) => { if (!condition) problems.push(what); };
  const shown = () => [...document.querySelectorAll("article")].filter((node) => !node.hidden);
  const filter = (text) => { $("filter").value = text; $("filter").dispatchEvent(new Event("input")); };
  const began = performance.now();

  expect(document.documentElement.dataset.drawn === "yes", "the page was not drawn to its end");
  expect(!/undefined|NaN/.test(document.querySelector("main").textContent), "a text says undefined or NaN");
  expect(![...document.querySelectorAll("svg *")].some((node) => /NaN|undefined|Infinity/.test(node.getAttribute("d") || "")), "an outline has no number where one belongs");
  expect(shown().length === D.scans.length, "not all scans are shown");
  expect(!$("problems").hidden && $("problems").textContent.includes("copy it again"), "the scans that were not predicted are missing");
  if (D.scans.length) {
    const flags = shown().map((node) => node.querySelectorAll(".flag").length > 0);
    expect(flags.lastIndexOf(true) < flags.indexOf(false), "the flagged scans are not first");
    expect(shown()[0].textContent.includes("<scan>"), "a name is not shown as it is");
    expect(document.querySelector("main").textContent.includes("2 pieces, the largest over 99 %"), "the largest of two pieces reads as the whole mask");
    expect(document.querySelectorAll("article image").length === 4 * D.scans.length, "pictures are missing");
    expect(document.querySelector("article .facts").textContent.includes("cleaning removed 1 piece") && document.querySelector("article path.changed").getAttribute("d"), "what cleaning removed is not shown");
    expect(document.querySelector("article .facts").textContent.includes("surface Dice 0.9312"), "the surface Dice is missing");
    const volumes = D.scans.map((scan) => scan.volume_mm3).sort((a, b) => a - b), half = volumes.length / 2;
    const median = (volumes[Math.ceil(half) - 1] + volumes[Math.floor(half)]) / 2;
    expect($("overview").textContent.includes(`${median.toFixed(1)} mm³`), "the median is wrong");
    filter("dti");
    expect(shown().length && shown().every((node) => node.textContent.includes("dti")), "a modality filters");
    filter("empty mouse_2");
    expect(shown().every((node) => node.textContent.includes("mouse_2") && node.textContent.includes("empty")), "terms are joined");
    filter("");
    $("only").click();
    expect(shown().length === D.scans.filter((scan) => scan.flags.length).length, "not only flagged scans are shown");
    $("only").click();
    expect(shown().length === D.scans.length, "all are shown again");
  }
  const theme = document.documentElement.dataset.theme;
  $("theme").click();
  expect(document.documentElement.dataset.theme !== theme, "the theme is switched");
  // Seconds, so that a busy machine is no failure.
  const drawn = Math.round(began), took = Math.round(performance.now() - began);
  expect(drawn < 20000, `drawing the page took ${drawn} ms`);
  expect(took < 20000, `working with the page took ${took} ms`);
  document.documentElement.dataset.times = `drawn after ${drawn} ms, filtered within ${took} ms`;
  document.documentElement.dataset.probe = problems.join("; ") || "all good";
})();
