"use strict";
// Shared by all pages: the data, elements, numbers as text.

const D = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);

function make(namespace, tag, attributes, children) {
  const node = namespace ? document.createElementNS(namespace, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}
const el = (tag, attributes, ...children) => make(null, tag, attributes, children);
const sv = (tag, attributes, ...children) => make("http://www.w3.org/2000/svg", tag, attributes, children);

const isNumber = (x) => typeof x === "number" && Number.isFinite(x);
const number4 = (x) => (isNumber(x) ? x.toFixed(4) : "");
const count = (n) => Number(n).toLocaleString("en-US");
const plural = (n, one, many) => `${count(n)} ${n === 1 ? one : many || one + "s"}`;

function tile(name, value, more, cls) {
  return el("div", { class: `tile ${cls || ""}` }, el("div", { class: "name" }, name), el("b", {}, value), el("div", { class: "more" }, more || ""));
}
