// Takes the place of a check-in from the phone. Without this script, or without a place, the form works all the same.

const form = document.getElementById("visit");
const told = document.getElementById("place");
const button = form.querySelector("button");
const PATIENCE = { enableHighAccuracy: true, timeout: 10000, maximumAge: 30000 };
const REFUSED = 1;
let asked = false;

function tell(key, isWarning) {
  told.textContent = told.dataset[key];
  told.classList.toggle("warn", isWarning);
}

form.addEventListener("submit", (event) => {
  if (asked || !navigator.geolocation) return;
  event.preventDefault();
  asked = true;
  button.disabled = true;
  tell("asking", false);
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    form.latitude.value = coords.latitude.toFixed(6);
    form.longitude.value = coords.longitude.toFixed(6);
    form.accuracy.value = String(Math.ceil(coords.accuracy));
    tell("taken", false);
    button.disabled = false;
    form.requestSubmit(button);
  }, (problem) => {
    tell(problem.code === REFUSED ? "refused" : "missing", true);
    button.disabled = false;
    button.focus();
  }, PATIENCE);
});
