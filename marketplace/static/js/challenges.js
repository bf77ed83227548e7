/* Adds up the weights while they are typed. The server adds them again, exactly, on saving. */

const table = document.querySelector("[data-weights]");
const output = table?.querySelector("[data-weight-sum]");

/* In whole thousandths, because weights have at most three decimals and floats would drift. */
function thousandths(text) {
  const match = /^(\d{1,12})(?:\.(\d{1,3}))?$/.exec(text.trim());
  return match ? Number(match[1]) * 1000 + Number((match[2] ?? "").padEnd(3, "0")) : null;
}

function show() {
  const weights = [...table.querySelectorAll("[data-weight]")].map((box) => thousandths(box.value));
  const sum = weights.reduce((total, weight) => total + (weight ?? 0), 0);
  output.textContent = weights.includes(null) ? "…" : String(sum / 1000);
}

if (output) table.addEventListener("input", show);
