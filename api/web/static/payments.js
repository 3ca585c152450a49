// Takes a bank's list out of a file, in UTF-8 or GB18030, into the field of the form; and sends a long one,
// with the token of the session in a header, for a plain form is looked into no further than 64 kB.

const form = document.querySelector("form[data-list]");
const LONGEST = 60_000;

function decoded(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
}

async function taken(event) {
  const [file] = event.target.files;
  if (file) form.elements.list.value = decoded(await file.arrayBuffer());
}

async function send(event) {
  const body = new URLSearchParams(new FormData(form));
  if (String(body).length <= LONGEST) return;
  event.preventDefault();
  const answer = await fetch(location.href, {
    method: "POST",
    body,
    headers: { "X-CSRF-Token": form.elements.csrf_token.value, Accept: "text/html" },
  });
  if (answer.redirected) return location.assign(answer.url);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.querySelector("main").replaceWith(page.querySelector("main"));
  document.querySelector("[role=alert]")?.scrollIntoView();
}

if (form) {
  form.querySelector(".file").hidden = false;
  form.querySelector("input[type=file]").addEventListener("change", taken);
  form.addEventListener("submit", send);
}
