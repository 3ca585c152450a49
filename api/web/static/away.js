// What an open page says and does while the service does not answer. Without this, a link or a form would put
// the browser's own page of errors in the place of this one, and of what was filled in.

const line = document.getElementById("line");
const away = document.getElementById("away");
// So long may the line be off before the page says what that means: a restart is shorter.
const PATIENCE = 4000;

let passes = null;

function isOff() {
  return line.dataset.liveState === "off";
}

document.addEventListener("line", ({ detail }) => {
  if (detail !== "off") away.textContent = "";
  else setTimeout(() => { if (isOff()) away.textContent ||= away.dataset.reading; }, PATIENCE);
});

async function goOrStay(event, said, go) {
  if (!isOff() || event.defaultPrevented) return;
  event.preventDefault();
  try {
    if ((await fetch("/health/live", { cache: "no-store" })).ok) {
      go();
      return;
    }
  } catch {
    // It is away.
  }
  away.textContent = said;
  away.focus();
}

function leaves(event, link) {
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || link.target) return false;
  const [here, there] = [location.href, link.href].map((each) => each.split("#")[0]);
  return link.origin === location.origin && !(link.hash && here === there);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (link && leaves(event, link)) goOrStay(event, away.dataset.going, () => location.assign(link.href));
});

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (form === passes) return;
  goOrStay(event, away.dataset.sending, () => {
    passes = form;
    form.requestSubmit(submitter);
    passes = null;
  });
});
