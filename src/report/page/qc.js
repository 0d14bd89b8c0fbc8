// The page of msunet predict --qc: a line and a few slices for each scan, flagged ones first.

const scans = [...D.scans].sort((a, b) => (b.flags.length > 0) - (a.flags.length > 0)
  || (isNumber(a.dice) ? a.dice : 2) - (isNumber(b.dice) ? b.dice : 2) || a.order - b.order);
const flagged = scans.filter((scan) => scan.flags.length);

const percent = (share) => `${(100 * share).toFixed(share > 0.9995 || share < 0.9 ? 0 : 1)} %`;
// The largest of several pieces never reads as the whole mask.
const share = (part) => (part >= 0.995 ? "over 99 %" : percent(part));
const pieces = (scan) => (scan.components > 1 ? `${count(scan.components)} pieces, the largest ${share(scan.largest_share)}` : plural(scan.components, "piece"));
const facts = (scan) => [`${scan.volume_mm3.toLocaleString("en-US", { maximumFractionDigits: 1 })} mm³`, pieces(scan),
  isNumber(scan.dice) ? `Dice ${number4(scan.dice)}` : "", scan.compared, scan.cleaning, scan.modality || "", scan.skipped ? "from an earlier run" : ""].filter(Boolean).join(" · ");

function slice(scan, shown) {
  const shape = `${shown.w * shown.px}/${shown.h * shown.py}`;
  return el("figure", {}, sv("svg", { class: "shot", viewBox: `0 0 ${shown.w} ${shown.h}`, preserveAspectRatio: "none",
    style: `aspect-ratio:${shape}`, role: "img", "aria-label": `${scan.name}, slice ${shown.slice}` },
    sv("image", { href: `data:image/png;base64,${shown.png}`, width: shown.w, height: shown.h, preserveAspectRatio: "none" }),
    sv("path", { class: "changed", d: shown.changed }), sv("path", { class: "mask", d: shown.reference }), sv("path", { class: "pred", d: shown.outline })),
    el("figcaption", {}, `slice ${shown.slice} of ${shown.slices}`));
}

function article(scan) {
  return el("article", { "aria-label": scan.name },
    el("h3", {}, scan.name, scan.flags.map((flag) => el("span", { class: "flag" }, flag))),
    el("p", { class: "facts quiet" }, facts(scan)),
    el("div", { class: "shots" }, scan.slices.map((shown) => slice(scan, shown))));
}

function drawOverview() {
  const volumes = scans.map((scan) => scan.volume_mm3).sort((a, b) => a - b);
  const dices = scans.map((scan) => scan.dice).filter(isNumber);
  const middle = (volumes[Math.floor((volumes.length - 1) / 2)] + volumes[Math.floor(volumes.length / 2)]) / 2;
  $("subtitle").textContent = `Predicted by the ${D.model}; results in ${D.output}`;
  $("overview").append(el("div", { class: "tiles" },
    tile("flagged", count(flagged.length), "masks to check, the reasons beside their names", "first"),
    tile("scans", count(scans.length), D.problems.length ? `${count(D.problems.length)} could not be used` : ""),
    volumes.length ? tile("median volume", `${middle.toFixed(1)} mm³`, `${volumes[0].toFixed(1)} to ${volumes[volumes.length - 1].toFixed(1)} mm³`) : null,
    dices.length ? tile("mean Dice", number4(dices.reduce((a, b) => a + b, 0) / dices.length), `against ${plural(dices.length, "manual mask")}`) : null));
}

function drawProblems() {
  if (!D.problems.length) return;
  $("problems").hidden = false;
  $("problems").append(el("h2", {}, "Not predicted"), el("ul", {}, D.problems.map((problem) => el("li", {}, problem))));
}

function drawScans() {
  const articles = scans.map((scan) => [scan, article(scan)]);
  const filter = el("input", { type: "search", id: "filter", placeholder: "part of a name, a modality or a flag", "aria-label": "Filter the scans", oninput: () => show() });
  const only = el("input", { type: "checkbox", id: "only", onchange: () => show() });
  const shown = el("span", { class: "quiet", id: "shown", role: "status" });
  const show = () => {
    const terms = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let visible = 0;
    for (const [scan, node] of articles) {
      const text = [scan.name, scan.modality || "", ...scan.flags].join(" ").toLowerCase();
      node.hidden = !terms.every((term) => text.includes(term)) || only.checked && !scan.flags.length;
      visible += !node.hidden;
    }
    shown.textContent = `${count(visible)} of ${plural(scans.length, "scan")}`;
  };
  const hasReference = scans.some((scan) => isNumber(scan.dice));
  $("scans").append(el("h2", {}, "Scans, flagged ones first"),
    el("div", { class: "bar" }, filter, el("label", {}, only, " only flagged scans"), shown),
    el("div", { class: "legend" }, el("span", { class: "broken", style: "--c:#f0b000" }, "predicted mask"),
      hasReference ? el("span", { style: "--c:#56b4e9" }, "manual mask") : null,
      scans.some((scan) => scan.cleaning) ? el("span", { class: "block", style: "--c:#e0457b" }, "removed or filled by --clean") : null),
    ...articles.map(([, node]) => node));
  show();
}

drawOverview();
drawProblems();
drawScans();
$("footer").textContent = `Written by msunet ${D.version}. This page needs no network.`;
document.documentElement.dataset.drawn = "yes";
