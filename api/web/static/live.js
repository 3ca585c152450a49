// Keeps an open page as it stands: follows the stream that the page names, and shows anew what changed.
// At news the page itself is fetched once more, and the parts marked data-live take what it says now.

const body = document.body;
const line = document.getElementById("line");
const FIRST_WAIT = 500;
const LONGEST_WAIT = 5000;
const AGAIN = 1000;

let position = Number(body.dataset.position);
let shownAt = position;
let wanted = position;
let source = null;
let wait = FIRST_WAIT;
let fetching = false;

function tell(state) {
  if (line.dataset.liveState === state) return;
  line.dataset.liveState = state;
  line.querySelector(".words").textContent = line.dataset[`said${state[0].toUpperCase()}${state.slice(1)}`];
}

function follow() {
  const address = new URL(body.dataset.stream, location.href);
  address.searchParams.set("after", String(position));
  source = new EventSource(address);
  source.addEventListener("open", () => { wait = FIRST_WAIT; tell("on"); });
  source.addEventListener("snapshot", heard);
  source.addEventListener("delta", heard);
  source.addEventListener("progress", (event) => { position = Math.max(position, Number(event.lastEventId)); });
  source.addEventListener("must-refetch", comeBack);
  source.addEventListener("error", comeBack);
}

function heard(event) {
  wanted = Math.max(wanted, JSON.parse(event.data).position);
  catchUp();
}

// What could not be fetched is tried again, until the page shows what the stream told of.
function catchUp() {
  if (wanted > shownAt && !fetching) refresh().catch(() => setTimeout(catchUp, AGAIN));
}

// A browser comes back by itself only where the line broke off, not where it was refused: so do it here.
function comeBack() {
  source.close();
  tell("off");
  setTimeout(async () => {
    if (document.hidden) await visible();
    try {
      if ((await refresh()) === "over") return;
    } catch {
      // It is still away; the stream will say so, too.
    }
    follow();
  }, wait * (0.5 + Math.random()));
  wait = Math.min(wait * 2, LONGEST_WAIT);
}

function visible() {
  return new Promise((resolve) => {
    document.addEventListener("visibilitychange", resolve, { once: true });
  });
}

async function refresh() {
  if (fetching) return "later";
  fetching = true;
  try {
    let seen;
    do {
      seen = wanted;
      const answer = await fetch(withPosition(seen), { headers: { Accept: "text/html" } });
      if (answer.redirected || answer.status === 401 || answer.status === 403) {
        tell("over");
        source.close();
        return "over";
      }
      if (!answer.ok) throw new Error(String(answer.status));
      swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
      shownAt = Math.max(shownAt, seen);
      position = Math.max(position, seen);
    } while (seen < wanted);
    return "done";
  } finally {
    fetching = false;
  }
}

function withPosition(at) {
  const address = new URL(location.href);
  address.hash = "";
  address.searchParams.set("at_least", String(at));
  return address;
}

function swap(fresh) {
  for (const old of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(old.id);
    if (!next || next.innerHTML === (old.told ?? old.innerHTML)) continue;
    const focused = old.contains(document.activeElement) ? pathTo(document.activeElement, old) : null;
    const open = [...old.querySelectorAll("details[open][id]")].map((each) => each.id);
    const [left, top] = [scrollX, scrollY];
    old.innerHTML = old.told = next.innerHTML;
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (focused) at(old, focused)?.focus({ preventScroll: true });
    scrollTo(left, top);
    old.classList.remove("changed");
    void old.offsetWidth;
    old.classList.add("changed");
  }
  document.dispatchEvent(new CustomEvent("refreshed", { detail: { position } }));
}

function pathTo(element, root) {
  const path = [];
  for (let each = element; each !== root; each = each.parentElement) {
    path.unshift([...each.parentElement.children].indexOf(each));
  }
  return path;
}

function at(root, path) {
  return path.reduce((each, index) => each?.children[index], root);
}

follow();
addEventListener("pagehide", () => source.close());
addEventListener("pageshow", (event) => { if (event.persisted) follow(); });
