// Computes what a proof says from what the page shows (RFC 6962), with the browser's own SHA-256, and compares
// it with the root in the signed checkpoint. It believes nothing that was computed elsewhere.

const bytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
const text = (made) => btoa(String.fromCharCode(...made));
const hex = (made) => Array.from(made, (byte) => byte.toString(16).padStart(2, "0")).join("");

async function hash(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
}

const leaf = (line) => hash(Uint8Array.of(0), new TextEncoder().encode(line));
const node = (left, right) => hash(Uint8Array.of(1), left, right);

function checkpoint(note) {
  const [, size, root] = note.split("\n");
  return { size: BigInt(size), root };
}

// The root that the leaf at `index` of a tree of `size` leaves leads to; null where the path has another length.
export async function rootOf(index, size, reached, path) {
  let inner = (index ^ (size - 1n)).toString(2).length;
  if (index === size - 1n) inner = 0;
  const ones = (index >> BigInt(inner)).toString(2).replaceAll("0", "").length;
  if (path.length !== inner + ones) return null;
  for (const [level, sibling] of path.entries()) {
    const fromRight = level >= inner || (index >> BigInt(level)) & 1n;
    reached = fromRight ? await node(sibling, reached) : await node(reached, sibling);
  }
  return reached;
}

// Whether the tree of `old` leaves begins that of `size` leaves (RFC 9162, 2.1.4.2). roots: in base64.
export async function continues(old, size, oldRoot, newRoot, path) {
  if (old === size) return path.length === 0 && oldRoot === newRoot;
  const hashes = (old & (old - 1n)) === 0n ? [bytes(oldRoot), ...path] : [...path];
  if (!hashes.length) return false;
  let [place, last] = [old - 1n, size - 1n];
  while (place & 1n) [place, last] = [place >> 1n, last >> 1n];
  let before = hashes[0];
  let after = hashes[0];
  for (const sibling of hashes.slice(1)) {
    if (last === 0n) return false;
    if (place & 1n || place === last) {
      before = await node(sibling, before);
      after = await node(sibling, after);
      while (!(place & 1n) && place !== 0n) [place, last] = [place >> 1n, last >> 1n];
    } else {
      after = await node(after, sibling);
    }
    [place, last] = [place >> 1n, last >> 1n];
  }
  return last === 0n && text(before) === oldRoot && text(after) === newRoot;
}

const CHECKS = {
  async inclusion(part, path) {
    const { size, root } = checkpoint(part.querySelector("[data-note]").textContent);
    const made = await leaf(part.querySelector("[data-line]").textContent);
    const reached = await rootOf(BigInt(part.dataset.index), size, made, path);
    part.querySelector("[data-leaf]").textContent = hex(made);
    part.querySelector("[data-root]").textContent = reached ? text(reached) : "–";
    return reached !== null && text(reached) === root;
  },
  async consistency(part, path) {
    const old = checkpoint(part.querySelector("[data-old]").textContent);
    const later = checkpoint(part.querySelector("[data-new]").textContent);
    return continues(old.size, later.size, old.root, later.root, path);
  },
};

for (const part of document.querySelectorAll("[data-check]")) {
  const told = part.querySelector("[role=status]");
  if (!globalThis.crypto?.subtle) {
    told.textContent = told.dataset.unable;
    told.classList.add("warn");
  } else {
    const path = Array.from(part.querySelectorAll("[data-hash]"), (each) => bytes(each.textContent));
    const valid = await CHECKS[part.dataset.check](part, path);
    told.textContent = valid ? told.dataset.valid : told.dataset.invalid;
    told.classList.toggle("bad", !valid);
    part.dataset.result = valid ? "valid" : "invalid";
  }
}
