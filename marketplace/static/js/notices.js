/* Copies a field of a notice at the press of a button. Without this script each field is a box
   whose text can be selected and copied by hand. */

const list = document.querySelector("[data-copying]");
const said = document.querySelector("[data-copy-said]");

async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    // No right to the clipboard: select it, so that one more key copies it.
    field.focus();
    field.select();
    return;
  }
  const words = button.firstChild;
  const before = words.textContent;
  words.textContent = list.dataset.copied;
  said.textContent = `${list.dataset.copied}${button.textContent.slice(words.textContent.length)}`;
  setTimeout(() => (words.textContent = before), 2000);
}

if (list) {
  for (const field of list.querySelectorAll("textarea")) {
    field.addEventListener("focus", () => field.select());
  }
  for (const button of list.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
}
