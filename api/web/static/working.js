// Says that a form is being worked on, where that takes a while, and keeps it from being sent twice.

for (const form of document.querySelectorAll("form[data-working]")) {
  form.addEventListener("submit", () => {
    const button = form.querySelector("button[type=submit]");
    const said = document.createElement("p");
    said.className = "notice";
    said.setAttribute("role", "status");
    const bar = document.createElement("progress");
    bar.setAttribute("aria-label", form.dataset.working);
    said.append(form.dataset.working, " ", bar);
    form.append(said);
    button.disabled = true;
  });
}

// Who comes back to the page finds the form as it was.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
