// Uses the page like a reader and writes the outcome to the root's data-probe.
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
  expect(rows().length === D.trials.length, "not all trials are in the table");
  expect(!best || rows()[0].trial === best, "the best trial is not first");

  expect([...document.querySelectorAll("#curves svg")].every((chart) => [...chart.querySelectorAll("text")]
    .every((text) => !/^\d+\.\d+$/.test(text.textContent) || text.getAttribute("text-anchor") === "end")), "an epoch is not a whole number");
  if (ranked.length > 1) {
    head(D.metric).click();
    // The stopped ones come last, with their last values.
    const ranks = () => rows().map((row) => (row.trial.state === "stopped" ? "" : row.cells[column(D.metric)].textContent));
    const up = ranks().filter(Boolean).map(Number);
    expect(up.every((value, i) => !i || value <= up[i - 1]), "sorting by the metric does not put the best first");
    head(D.metric).click();
    const down = ranks().filter(Boolean).map(Number);
    expect(down[0] <= down[down.length - 1], "a second click does not reverse the order");
    expect(ranks().slice(down.length).every((text) => !text), "empty cells are not last");
    filter("batch_size<=8");
    expect(rows().length && cells(column("batch_size")).every((text) => Number(text) <= 8), "a comparison does not filter");
    expect(rows().length < D.trials.length, "the filter hides no rows");
    filter("state=done lr>=0.001 adam");
    expect(cells(column("lr")).every((text) => Number(text) >= 0.001), "terms are not joined");
    filter("");
    expect(rows().length === D.trials.length, "an empty filter does not show all");
    const [first, second] = rows();
    first.focus();
    key(first, "ArrowDown");
    expect(document.activeElement === second, "the arrow key does not move to the next row");
    key(second, "Enter");
    expect(second.classList.contains("selected"), "Enter does not select");
    expect(second.trial === best || !second.trial.m || document.querySelector("#curves .chosen-line"), "the selection is not drawn");
    key(second, "Enter");
    expect(!document.querySelector("tr.selected"), "Enter again does not deselect");
  }
  const curves = [...document.querySelectorAll("#curves .best-line")].map((line) => line.getAttribute("d"));
  expect(!best || curves.length && curves.every((d) => /[Lh]/.test(d)), "the best trial's curve is not visible");
  expect([...document.querySelectorAll("#settings dt a")].some((node) => node.getAttribute("href") === D.summary), "the files are no links");
  expect($("scans").hidden !== D.validation, "the list of validation scans is missing");
  expect(document.querySelectorAll("#scans tbody tr").length === D.data.val_scans.length, "a validation scan is missing");
  const masks = [...document.querySelectorAll("#scans tbody tr")].map((row) => Number(row.cells[4]?.textContent));
  expect(!D.whole_masks || masks.every((value, i) => value > 0 && (!i || value >= masks[i - 1])), "the Dice of whole masks is missing or out of order");
  expect(!D.whole_masks || $("scans").textContent.includes("0.3100") && $("scans").textContent.includes("Surface Dice within one pixel"), "the distances of whole masks are missing");
  expect(!D.whole_masks || $("dice").textContent.includes(D.whole_masks.means), "the means of whole masks are not beside the soft Dice");
  expect(document.querySelectorAll("#pca img").length === 2 * trials.filter((trial) => trial.state === "pca").length, "the pictures of PCA are missing");
  expect($("search").hidden === !D.search, "the section of the search is missing");
  if (D.search) {
    const cellsOf = (row) => [...row.cells].map((cell) => cell.textContent);
    const [rungs, promotions] = [...document.querySelectorAll("#search tbody")].map((body) => [...body.rows].map(cellsOf));
    expect(JSON.stringify(rungs) === JSON.stringify([["1", "18", "6", "12", "0"], ["3", "6", "2", "4", "0"], ["end", "2", "", "", ""]]), "the trials at the rungs are wrong");
    expect(promotions.length === 8 && promotions[0][3] === "3" && promotions[7][3] === "its last", "the promotions are wrong");
    expect(document.querySelector("#search summary").textContent === "8 promotions", "the promotions are not counted");
    const steps = document.querySelector("#search .best-line").getAttribute("d");
    expect(/H\d+.*H\d+/.test(steps), "the best value so far is not drawn");
    expect($("search").textContent.includes(D.folds ? "78 epochs trained, of 486 in the whole grid" : "42 epochs trained, of 162 in the whole grid"), "the epochs spent are missing");
    expect($("search").textContent.includes("on the other folds: 4 trials.") === Boolean(D.folds), "the trials on the other folds are missing");
    const stopped = rows().map((row) => row.trial).filter((trial) => trial.state === "stopped");
    expect(stopped.every((trial, i) => !i || trial.epochs < stopped[i - 1].epochs || trial.epochs === stopped[i - 1].epochs
      && metric(trial, D.metric) <= metric(stopped[i - 1], D.metric)), "the stopped trials are not in the order of epochs and metric");
  }
  expect($("folds").hidden === !D.folds, "the section of the folds is missing");
  if (D.folds && D.search) {
    expect(document.querySelectorAll("#folds tbody tr").length === 2, "a permutation that was stopped is compared");
    expect($("folds").textContent.includes("16 permutations were stopped by the search on fold 1 and are not compared: "), "the stopped permutations are missing");
    expect(rows().length === 18 && rows().filter((row) => row.trial.state === "stopped").length === 16, "a permutation is missing");
    expect($("folds").textContent.includes("Each permutation that the search trains to its end has 3 trials"), "it is not said which permutations have all folds");
    expect(!/\btrial \d/i.test($("search").textContent) && document.querySelector("#search details th").textContent === "permutation", "a permutation is called a trial");
  }
  if (D.folds && !D.search) {
    const table = [...document.querySelectorAll("#folds tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent));
    expect(table.length === 3 && table.every((row) => row[3] === "3"), "a permutation or a trial is missing in the table of the folds");
    expect(table.map((row) => row[7]).filter((text) => text === "as good as the best").length === 1, "it is not marked what is as good as the best");
    expect($("folds").textContent.includes("2 permutations can't be told apart.") && $("folds").textContent.includes(" 1 permutation is worse."), "it is not said what can't be told apart");
    expect($("folds").textContent.includes("Each permutation has 3 trials") && !/\btrainings?\b/.test($("folds").textContent), "a trial is called a training");
    expect($("folds").textContent.includes("is permutation 1."), "it is not said which one is the cheapest");
    expect($("overview").textContent.includes("40 scans") && $("overview").textContent.includes("each validates in one of 3 folds; anatomical 10") && $("overview").textContent.includes("2,250 samples from 760 slices"), "the scans are not counted once");
    const tip = () => { const text = $("tip").textContent; hideTip(); return text; };
    const tips = [...document.querySelectorAll("#timeline svg g")].filter((node) => node.style.cursor).map((node) => {
      node.dispatchEvent(new MouseEvent("mousemove", { clientX: 100, clientY: 100 }));
      return tip();
    });
    expect(tips.length === 9 && tips.every((text) => /^permutation [012]/.test(text)), "a tooltip of the timeline does not name the permutation");
    expect($("pictures").textContent.includes(`permutation ${best.id}, model of its best fold`), "it is not said whose pictures they are");
    select(best.id);
    const labels = [...document.querySelectorAll("[aria-label]")].map((node) => node.getAttribute("aria-label"));
    const texts = [document.body.innerText, ...document.querySelectorAll("svg title")].map((node) => node.textContent ?? node);
    expect(![...texts, ...tips, ...labels].some((text) => /\btrial \d/i.test(text)), "a permutation is called a trial");
    expect(!labels.some((text) => /trials/.test(text)), "a label speaks of trials");
    select(best.id);
  }
  document.querySelector("#pictures figure button").click();
  expect(document.querySelector("dialog[open] .shot"), "a picture is not enlarged");
  document.querySelector("dialog").close();
  const theme = document.documentElement.dataset.theme;
  $("theme").click();
  expect(document.documentElement.dataset.theme !== theme, "the theme is not switched");
  // Seconds, so that a busy machine is no failure; a page whose time is quadratic in the trials takes minutes.
  const drawn = Math.round(began), took = Math.round(performance.now() - began);
  expect(drawn < 20000, `drawing the page took ${drawn} ms`);
  expect(took < 20000, `working with the page took ${took} ms`);
  document.documentElement.dataset.times = `drawn after ${drawn} ms, sorted and filtered within ${took} ms`;
  document.documentElement.dataset.probe = problems.join("; ") || "all good";
})();
