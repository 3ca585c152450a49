// Keeps an open page as it stands: follows the stream that the page names, and shows anew what changed.
// At news the page itself is fetched once more, and what it says otherwise than before is put in its place.

const body = document.body;
const main = document.querySelector("main");
const line = document.getElementById("line");
const FIRST_WAIT = 500;
const LONGEST_WAIT = 5000;
const AGAIN = 1000;
const SOON = 60;
// Where news does not end, a page rests so many times as long as it took, in milliseconds.
const LIGHT = 150;
const REST = { light: 2, heavy: 10 };

let said = main.cloneNode(true);
let position = Number(body.dataset.position);
let shownAt = position;
let wanted = position;
let source = null;
let wait = FIRST_WAIT;
let fetching = false;
let restsUntil = 0;

function tell(state) {
  if (line.dataset.liveState === state) return;
  line.dataset.liveState = state;
  line.querySelector(".words").textContent = line.dataset[`said${state[0].toUpperCase()}${state.slice(1)}`];
  document.dispatchEvent(new CustomEvent("line", { detail: state }));
}

function follow() {
  const address = new URL(body.dataset.stream, location.href);
  address.searchParams.set("after", String(position));
  source = new EventSource(address);
  source.addEventListener("open", () => { wait = FIRST_WAIT; tell("on"); });
  source.addEventListener("snapshot", heard);
  source.addEventListener("delta", heard);
  source.addEventListener("progress", (event) => { position = Math.max(position, Number(event.lastEventId)); });
  source.addEventListener("must-refetch", sentAway);
  source.addEventListener("error", comeBack);
}

function heard(event) {
  wanted = Math.max(wanted, JSON.parse(event.data).position);
  catchUp();
}

// What could not be fetched is tried again, until the page shows what the stream told of.
function catchUp() {
  if (wanted <= shownAt || fetching) return;
  const rest = restsUntil - performance.now();
  if (rest > 0) setTimeout(catchUp, rest);
  else refresh().then(catchUp, () => setTimeout(catchUp, AGAIN));
}

// Whom the reader reaches has changed, or where the service stands: of the one only few pages have to ask.
function sentAway(event) {
  if (JSON.parse(event.data).reason === "people-moved") wait = SOON;
  comeBack();
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
    const [seen, began] = [wanted, performance.now()];
    const answer = await fetch(withPosition(seen), { headers: { Accept: "text/html" } });
    if (answer.redirected || answer.status === 401 || answer.status === 403) {
      tell("over");
      source.close();
      return "over";
    }
    if (!answer.ok) throw new Error(String(answer.status));
    show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    shownAt = Math.max(shownAt, seen);
    position = Math.max(position, seen);
    const took = performance.now() - began;
    restsUntil = performance.now() + took * (took < LIGHT ? REST.light : REST.heavy);
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

// What the page says now goes where it says something else than before, and nothing else is touched: what is
// open stays open, what is focused stays so, and a form that somebody fills in stays as they filled it in.
function show(fresh) {
  const focused = document.activeElement;
  const path = main.contains(focused) ? pathTo(focused, main) : null;
  const next = fresh.querySelector("main");
  renew(main, said, next);
  said = next;
  if (path && document.activeElement !== focused) at(main, path)?.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("refreshed", { detail: { position } }));
}

// `old` stands on the page; it came about from `before`, and is to say what `next` says.
function renew(old, before, next) {
  if (before.isEqualNode(next)) return;
  if (before instanceof HTMLFormElement && isHeld(old)) {
    next.replaceWith(before.cloneNode(true));
    return;
  }
  if (before.nodeType !== Node.ELEMENT_NODE || !isAlike(before, next) || !hasAllOf(old, before)) {
    const fitting = document.importNode(next, true);
    old.replaceWith(fitting);
    mark(fitting.parentElement);
    return;
  }
  if (next.matches("input[name=key]")) return;
  for (const { name } of before.attributes) if (!next.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of next.attributes) {
    if (before.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  renewAllOf(old, before, next);
}

// What stands first and last and is the same is passed over, so that a row that comes or goes moves no other.
function renewAllOf(old, before, next) {
  const [olds, befores, nexts] = [old, before, next].map((each) => [...each.childNodes]);
  const fewer = Math.min(befores.length, nexts.length);
  let [first, last] = [0, 0];
  while (first < fewer && befores[first].isEqualNode(nexts[first])) first += 1;
  while (last < fewer - first && befores.at(-1 - last).isEqualNode(nexts.at(-1 - last))) last += 1;
  const behind = olds[olds.length - last] ?? null;
  for (let at = first; at < Math.max(befores.length, nexts.length) - last; at += 1) {
    if (at < Math.min(befores.length, nexts.length) - last) {
      renew(olds[at], befores[at], nexts[at]);
      continue;
    }
    if (at < befores.length - last) olds[at].remove();
    else old.insertBefore(document.importNode(nexts[at], true), behind);
    mark(old);
  }
}

function isAlike(one, other) {
  return one.nodeName === other.nodeName && one.id === other.id;
}

function hasAllOf(old, before) {
  return isAlike(old, before) && old.childNodes.length === before.childNodes.length;
}

function isHeld(form) {
  return form.contains(document.activeElement) || [...form.elements].some(isFilledIn);
}

function isFilledIn(field) {
  if (field.matches("input[type=hidden]")) return false;
  if (field.matches("input[type=checkbox], input[type=radio]")) return field.checked !== field.defaultChecked;
  if (field instanceof HTMLSelectElement) {
    const preset = [...field.options].findIndex((each) => each.defaultSelected);
    return field.selectedIndex !== Math.max(preset, 0);
  }
  return "defaultValue" in field && field.value !== field.defaultValue;
}

function mark(changed) {
  const part = changed.closest("section");
  if (!part) return;
  part.classList.remove("changed");
  requestAnimationFrame(() => part.classList.add("changed"));
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
// Nobody looks at a page that is hidden; a browser keeps few lines to one service, for all that are open.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden || source.readyState === EventSource.CLOSED) return;
  wait = SOON;
  comeBack();
});
addEventListener("pagehide", () => source.close());
addEventListener("pageshow", (event) => { if (event.persisted) follow(); });
