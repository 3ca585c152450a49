// Checks a plan while it is written, and leads from a fault to its line. Without this script the buttons do it.

const form = document.getElementById("editor");
const text = document.getElementById("text");
const findings = document.getElementById("findings");
const PAUSE = 900;
let waiting = 0;
let asked = 0;
let checked = text.value;

text.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(check, PAUSE);
});

form.addEventListener("click", (event) => {
  if (event.target.id === "check") {
    event.preventDefault();
    check(true);
  }
  const line = event.target.dataset?.line;
  if (line) {
    event.preventDefault();
    goTo(Number(line));
  }
});

addEventListener("beforeunload", (event) => {
  if (text.value !== text.defaultValue && !form.dataset.sent) event.preventDefault();
});
form.addEventListener("submit", () => { form.dataset.sent = "yes"; });

async function check(again = false) {
  if (!again && text.value === checked) return;
  const own = ++asked;
  const said = new URLSearchParams(new FormData(form));
  said.set("do", "check");
  findings.dataset.busy = "yes";
  try {
    const answer = await fetch(form.action, { method: "POST", body: said, headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("findings");
    if (own !== asked || !fresh) return;
    findings.innerHTML = fresh.innerHTML;
    checked = said.get("text").replaceAll("\r\n", "\n");
  } finally {
    if (own === asked) delete findings.dataset.busy;
  }
}

function goTo(line) {
  const lines = text.value.split("\n");
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  text.focus();
  text.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  const height = parseFloat(getComputedStyle(text).lineHeight);
  text.scrollTop = Math.max(0, (line - 4) * height);
  text.scrollLeft = 0;
}
