// The slider through time: says at which moment it stands, and shows the statement of that moment in place.
// Without this script the form asks for the page of the moment.

const form = document.getElementById("moments");
const slider = document.getElementById("step");
const said = document.getElementById("moment");
let wanted = 0;

function stop() {
  return document.querySelector(`#stops option[value="${slider.value}"]`);
}

async function show() {
  const asked = ++wanted;
  const address = `${form.getAttribute("action")}?known_at=${stop().dataset.position}`;
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (asked !== wanted) return;
  if (!answer.ok) {
    location.assign(address);
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.getElementById("result").replaceWith(page.getElementById("result"));
  history.replaceState(null, "", address);
}

if (form) {
  slider.addEventListener("input", () => {
    said.textContent = stop().label;
    slider.setAttribute("aria-valuetext", stop().label);
  });
  slider.addEventListener("change", show);
  slider.setAttribute("aria-valuetext", said.textContent.trim());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show();
  });
}
