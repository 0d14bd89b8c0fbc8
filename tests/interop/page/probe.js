// Works with the page as a reader does, and leaves what happened in the root's data-probe.
"use strict";
(() => {
  const problems = [];
  const expect = (condition, what) => { if (!condition) problems.push(what); };
  const rows = () => [...document.querySelectorAll("#rows tbody tr")].filter((row) => !row.hidden);
  const cells = (column) => rows().map((row) => row.cells[column].textContent);
  const head = (name) => [...document.querySelectorAll("#rows th button")].find((button) => button.textContent === name);
  const column = (name) => [...document.querySelectorAll("#rows th button")].indexOf(head(name));
  const key = (node, name) => node.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
  const filter = (text) => { $("filter").value = text; $("filter").dispatchEvent(new Event("input")); };
  const began = performance.now();

  expect(document.documentElement.dataset.drawn === "yes", "the page was not drawn to its end");
  expect(!document.body.innerText.includes("undefined"), "a text says undefined");
  expect(![...document.querySelectorAll("svg *")].some((node) => /NaN|undefined|Infinity/.test(node.cloneNode().outerHTML)),
    "a drawing has no number where one belongs");
  expect($("footer").textContent.startsWith("Written by msunet 0.1.0."), "the footer does not name the program once");
  expect(rows().length === D.trials.length, "not all permutations are in the table");
  expect(!best || rows()[0].trial === best, "the best permutation is not first");

  expect([...document.querySelectorAll("#curves svg")].every((chart) => [...chart.querySelectorAll("text")]
    .every((text) => !/^\d+\.\d+$/.test(text.textContent) || text.getAttribute("text-anchor") === "end")), "epochs are whole numbers");
  if (scored.length > 1) {
    head(D.metric).click();
    const up = cells(column(D.metric)).filter(Boolean).map(Number);
    expect(up.every((value, i) => !i || value <= up[i - 1]), "sorting by the metric puts the best first");
    head(D.metric).click();
    const down = cells(column(D.metric)).filter(Boolean).map(Number);
    expect(down[0] <= down[down.length - 1], "a second click turns the order round");
    expect(cells(column(D.metric)).slice(down.length).every((text) => !text), "empty cells stay last");
    filter("batch_size<=8");
    expect(rows().length && cells(column("batch_size")).every((text) => Number(text) <= 8), "a comparison filters");
    expect(rows().length < D.trials.length, "the filter hides rows");
    filter("state=done lr>=0.001 adam");
    expect(cells(column("lr")).every((text) => Number(text) >= 0.001), "terms are joined");
    filter("");
    expect(rows().length === D.trials.length, "an empty filter shows all");
    const [first, second] = rows();
    first.focus();
    key(first, "ArrowDown");
    expect(document.activeElement === second, "the arrow key moves to the next row");
    key(second, "Enter");
    expect(second.classList.contains("selected"), "Enter selects");
    expect(second.trial === best || !second.trial.m || document.querySelector("#curves .chosen-line"), "the selection is drawn");
    key(second, "Enter");
    expect(!document.querySelector("tr.selected"), "Enter again lets go");
  }
  document.querySelector("#pictures figure button").click();
  expect(document.querySelector("dialog[open] .shot"), "a picture is enlarged");
  document.querySelector("dialog").close();
  const theme = document.documentElement.dataset.theme;
  $("theme").click();
  expect(document.documentElement.dataset.theme !== theme, "the theme is switched");
  // Seconds, so that a busy machine is no failure; a page that is quadratic in its permutations takes minutes.
  const drawn = Math.round(began), took = Math.round(performance.now() - began);
  expect(drawn < 20000, `drawing the page took ${drawn} ms`);
  expect(took < 20000, `working with the page took ${took} ms`);
  document.documentElement.dataset.times = `drawn after ${drawn} ms, sorted and filtered within ${took} ms`;
  document.documentElement.dataset.probe = problems.join("; ") || "all good";
})();
