/* At an evaluator's desk: keys that lead from bid to bid, and own texts put into another reason. All
   of it can be done without: by the links at the top of the page, and by a page of own texts.
   Saving what is typed is in keeping.js. */

const place = document.querySelector("[data-keys]");
const cells = [...document.querySelectorAll("[data-cell]")];

function field(cell, kind) {
  return [...cell.querySelectorAll(`[name="${kind}-${CSS.escape(cell.dataset.cell)}"]`)];
}

function scored(cell) {
  const [first, ...others] = field(cell, "score");
  if (!first) return true;
  return first.type === "radio" ? [first, ...others].some((it) => it.checked) : first.value.trim();
}

function reason(cell) {
  return field(cell, "reason")[0];
}

function finished(cell) {
  return scored(cell) && reason(cell)?.value.trim();
}

function say(words) {
  place.querySelector("[data-keys-said]").textContent = words;
}

/* Where somebody is: the cell that holds the focus, or none, above the first. */
function here() {
  return cells.findIndex((cell) => cell.contains(document.activeElement));
}

function step(by) {
  const at = here();
  const next = cells[at < 0 ? 0 : at + by];
  next?.querySelector("h2").focus();
  next?.scrollIntoView({ block: "start" });
}

function unfinished() {
  const at = here();
  const order = [...cells.slice(at + 1), ...cells.slice(0, at + 1)];
  const next = order.find((cell) => !finished(cell));
  if (!next) {
    say(place.dataset.textComplete);
    return;
  }
  const missing = scored(next) ? reason(next) : field(next, "score")[0];
  missing.focus();
  next.scrollIntoView({ block: "start" });
}

const KEYS = { KeyJ: () => step(1), KeyK: () => step(-1), KeyU: unfinished };

/* Own texts: what the person wrote for the other cells of this page, offered under the button. */
function written(own) {
  return cells
    .map((cell) => [cell.querySelector("h2").textContent.trim(), reason(cell)])
    .filter(([, box]) => box && box !== own && box.value.trim());
}

function element(tag, name, ...inside) {
  const made = document.createElement(tag);
  made.className = name;
  made.append(...inside);
  return made;
}

function button(words, name, act) {
  const made = element("button", name, words);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

function offer(opener, box) {
  const words = place.dataset;
  const open = opener.parentElement.nextElementSibling;
  if (open?.matches("[data-texts]")) {
    open.remove();
    return;
  }
  const list = element("section", "fw-aside");
  list.dataset.texts = "";
  list.setAttribute("aria-label", words.textMine);
  list.append(element("h3", "govuk-heading-s", words.textMine));
  const close = () => {
    list.remove();
    opener.focus();
  };
  const found = written(box);
  if (!found.length) list.append(element("p", "govuk-body", words.textNone));
  for (const [title, other] of found) {
    const text = element("p", "govuk-body fw-typed", other.value.trim());
    text.dir = "auto";
    const use = button(words.textUse, "govuk-button govuk-button--secondary", () => {
      box.value = [box.value.trim(), other.value.trim()].filter(Boolean).join("\n\n");
      box.dispatchEvent(new Event("input", { bubbles: true }));
      list.remove();
      box.focus();
      say(words.textUsed);
    });
    use.setAttribute("aria-label", `${words.textUse}: ${title}`);
    list.append(element("h4", "govuk-heading-s", title), text, use);
  }
  const all = button(words.textAll, "fw-plain-button", () => opener.form.requestSubmit(opener));
  const foot = element("p", "govuk-body", all, " ", button(words.textClose, "fw-plain-button", close));
  list.append(foot);
  list.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  opener.parentElement.after(list);
  list.querySelector("button").focus();
}

if (place && cells.length) {
  place.hidden = false;
  document.addEventListener("keydown", (event) => {
    const act = KEYS[event.code];
    if (!act || !event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault(); // some systems write a letter of another alphabet by these keys
    act();
  });
  for (const opener of document.querySelectorAll("[data-own-texts]")) {
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      offer(opener, document.getElementsByName(opener.dataset.ownTexts)[0]);
    });
  }
}
