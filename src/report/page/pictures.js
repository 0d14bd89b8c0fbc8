// Validation slices with the manual mask and the best model's prediction, worst first.

// Slices are numbered among those that preprocessing kept.
const place = (picture) => `${picture.scan}, slice ${picture.slice} of ${picture.slices}`;

function shot(picture) {
  return sv("svg", { class: "shot", viewBox: `0 0 ${picture.w} ${picture.h}`, preserveAspectRatio: "none",
    style: `aspect-ratio:${picture.w}/${picture.h}`, role: "img", "aria-label": `${place(picture)}, Dice ${number4(picture.dice)}` },
    sv("image", { href: `data:image/png;base64,${picture.png}`, width: picture.w, height: picture.h }),
    sv("path", { class: "mask", d: picture.mask }), sv("path", { class: "pred", d: picture.pred }));
}

function drawPictures() {
  if (!D.pictures.length) return;
  const whose = best ? ` (${noun} ${best.id}${D.folds ? ", model of its best fold" : ""})` : "";
  const node = section("pictures", D.validation ? "Validation slices, worst first" : "Training slices, worst first",
    `Manual mask and prediction of the best model${whose} on the slices with the lowest Dice${D.validation ? "" : "; there is no validation data"}. Click a picture to enlarge it.`);
  const toggle = (cls, text) => {
    const box = el("input", { type: "checkbox", onchange: () => node.classList.toggle(cls, !box.checked) });
    box.checked = true;
    return el("label", {}, box, ` ${text}`);
  };
  node.append(el("div", { class: "bar" }, toggle("no-mask", "manual mask"), toggle("no-pred", "prediction"),
    el("div", { class: "legend", style: "margin:0" }, el("span", { style: "--c:#56b4e9" }, "manual mask"), el("span", { class: "broken", style: "--c:#f0b000" }, "prediction"))));
  for (const modality of D.modalities) {
    const list = D.pictures.filter((picture) => picture.modality === modality).sort((a, b) => a.dice - b.dice);
    if (!list.length) continue;
    node.append(el("h3", {}, modality), el("div", { class: "shots" }, list.map((picture) => el("figure", {},
      el("button", { type: "button", "aria-label": `enlarge ${place(picture)}`, onclick: () => enlarge(picture) }, shot(picture)),
      caption(picture)))));
  }
}

const caption = (picture) => el("figcaption", {}, el("b", {}, `Dice ${number4(picture.dice)}`), `  ${place(picture)}`);

function enlarge(picture) {
  const box = el("dialog", { onclick: () => box.close(), onclose: () => box.remove() },
    el("figure", {}, shot(picture), caption(picture)), el("button", { type: "button" }, "Close"));
  $("pictures").append(box);
  box.showModal();
}
