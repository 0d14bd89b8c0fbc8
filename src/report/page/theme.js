// Light or dark: as the system has it until the button is pressed; light in print.

function setTheme(dark) { document.documentElement.dataset.theme = dark ? "dark" : "light"; }
const darkQuery = matchMedia("(prefers-color-scheme: dark)");
setTheme(darkQuery.matches);
darkQuery.addEventListener("change", (event) => setTheme(event.matches));
$("theme").addEventListener("click", () => setTheme(document.documentElement.dataset.theme !== "dark"));
let beforePrint = "light";
addEventListener("beforeprint", () => { beforePrint = document.documentElement.dataset.theme; setTheme(false); });
addEventListener("afterprint", () => setTheme(beforePrint === "dark"));
