// Brings the name of the open page into sight, where the names of all do not fit beside each other.

const row = document.querySelector(".within");
const open = row?.querySelector("[aria-current]");
if (open) row.scrollLeft = open.offsetLeft - (row.clientWidth - open.clientWidth) / 2;
