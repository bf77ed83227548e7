/* Nothing typed is lost: what stands in a form stays in this browser, person by person and form by
   form, until a save has taken it or the person deletes it. What was kept is offered when the form
   is met again: after the network or the session was away, or in another tab. A form that saves
   itself sends what is typed to its own address after a pause.
   Without this script the same forms save by their buttons, and a form sent with an ended session
   comes back with all that was typed. See templates/components/keeping.html. */

const SAVE_AFTER = 3000; // long enough not to save every letter, short enough to lose little
const TRY_AGAIN_AFTER = 15000; // the network is away: no use to ask every moment
const DAYS = 30; // nobody comes back to an unsaved text later than that
const KEPT = "kept/";

/* The store of this browser: it may be full or switched off, and then keeps nothing. */
function read(key) {
  try {
    const found = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

function write(key, records) {
  try {
    if (records.length) localStorage.setItem(key, JSON.stringify(records));
    else localStorage.removeItem(key);
    return true;
  } catch {
    return false;
  }
}

/* Each view of a page has a record of its own, so that two tabs do not overwrite each other. */
function keep(key, record) {
  return write(key, [record, ...read(key).filter((each) => each.page !== record.page)]);
}

function forget(key, page) {
  write(key, read(key).filter((each) => each.page !== page));
}

function forgetOld() {
  const oldest = Date.now() - DAYS * 24 * 3600 * 1000;
  for (let n = localStorage.length - 1; n >= 0; n -= 1) {
    const key = localStorage.key(n);
    if (key.startsWith(KEPT)) write(key, read(key).filter((each) => each.at > oldest));
  }
}

/* A text as the server keeps it: see marketplace/core/forms.py. */
function clean(text) {
  const control = /[\x00-\x08\x0e-\x1f\x7f]/g;
  return text.replace(/\r\n|[\x0b\x0c]/g, "\n").replace(control, "").trim();
}

const UNKEPT = new Set(["hidden", "password", "file", "submit", "button", "reset", "image"]);

function ticked(control) {
  return control.type === "radio" || control.type === "checkbox";
}

/* The controls that a person fills in, each by a name that it has at every visit. */
function controls(form) {
  const found = new Map();
  const count = {};
  for (const control of form.elements) {
    if (!control.name || UNKEPT.has(control.type) || control.tagName === "FIELDSET") continue;
    const name = ticked(control) ? `${control.name}=${control.value}` : control.name;
    count[name] = (count[name] ?? 0) + 1;
    found.set(`${name}/${count[name]}`, control);
  }
  return found;
}

function valueOf(control) {
  if (ticked(control)) return control.checked ? "1" : "";
  if (control.multiple) return JSON.stringify([...control.selectedOptions].map((o) => o.value));
  return control.value;
}

function values(form) {
  return Object.fromEntries([...controls(form)].map(([name, it]) => [name, valueOf(it)]));
}

function same(a, b) {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => clean(a[name] ?? "") === clean(b[name] ?? ""));
}

function put(control, value) {
  if (ticked(control)) control.checked = value === "1";
  else if (control.multiple) {
    const chosen = JSON.parse(value);
    for (const option of control.options) option.selected = chosen.includes(option.value);
  } else control.value = value;
  control.dispatchEvent(new Event("input", { bubbles: true }));
  control.dispatchEvent(new Event("change", { bubbles: true }));
}

/* What a control asks, and what a value of it says to a person. */
function asked(control) {
  const label = control.labels?.[0]?.textContent.trim() ?? "";
  if (control.type !== "radio" && control.labels?.length) return label;
  const legend = control.closest("fieldset")?.querySelector("legend")?.textContent.trim() ?? "";
  return [legend, label || control.name].filter(Boolean).join(": ");
}

function told(control, value, words) {
  if (!control) return value;
  if (ticked(control)) return value === "1" ? words.chosen : words.unchosen;
  if (!control.options) return clean(value);
  const chosen = control.multiple ? JSON.parse(value || "[]") : [value];
  return [...control.options].filter((o) => chosen.includes(o.value)).map((o) => o.text).join("\n");
}

/* Two texts as what they share at their beginning, what differs, and what they share at the end. */
function differing(a, b) {
  const [x, y] = [a, b].map((text) => text.match(/\s+|\S+/gu) ?? []);
  let start = 0;
  while (start < Math.min(x.length, y.length) && x[start] === y[start]) start += 1;
  let end = 0;
  const most = Math.min(x.length, y.length) - start;
  while (end < most && x[x.length - 1 - end] === y[y.length - 1 - end]) end += 1;
  return [x, y].map((words) => [
    words.slice(0, start).join(""),
    words.slice(start, words.length - end).join(""),
    words.slice(words.length - end).join(""),
  ]);
}

function element(tag, name, ...inside) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.append(...inside);
  return made;
}

function side(label, mark, [before, changed, after]) {
  const text = element("span", "fw-typed", before, changed ? element(mark, "", changed) : "", after);
  text.dir = "auto";
  const shown = element("div", `fw-diff__side fw-diff__side--${mark}`);
  shown.append(element("span", "fw-diff__label", `${label}: `), text);
  return shown;
}

function difference(record, stands, known, words) {
  const found = [];
  for (const [name, value] of Object.entries(record.values)) {
    const now = stands[name] ?? "";
    if (clean(now) === clean(value)) continue;
    const control = known.get(name);
    const [before, after] = differing(told(control, now, words), told(control, value, words));
    const row = element("div", "fw-diff__row");
    row.append(side(words.stands, "del", before), side(words.kept, "ins", after));
    const title = control ? asked(control) : "";
    if (title) found.push(element("h3", "govuk-heading-s govuk-!-margin-bottom-1", title));
    found.push(element("div", "fw-diff", row));
  }
  return found;
}

function say(place, words) {
  if (place.textContent !== words) place.textContent = words; // a screen reader hears it once
}

/* Shows text that was kept before, the newest first, until the person has decided about each. */
function offer(place, key, stands, own, form) {
  const words = place.dataset;
  const notice = place.querySelector("[data-keep-offer]");
  const others = read(key).filter((each) => each.page !== own && !same(each.values, stands()));
  notice.hidden = others.length === 0;
  if (!others.length) return;
  const [record] = others;
  const when = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short" });
  notice.querySelector("[data-keep-when]").textContent = words.textWhen.replace(
    "{when}", when.format(record.at));
  notice.querySelector("[data-keep-changed]").hidden =
    !form || record.seen === (form.elements.namedItem("seen")?.value ?? "");
  const known = form ? controls(form) : new Map();
  notice.querySelector("[data-keep-difference]").replaceChildren(
    ...difference(record, stands(), known, {
      stands: words.textStands, kept: words.textKeptHere,
      chosen: words.textChosen, unchosen: words.textUnchosen,
    }));
  const use = notice.querySelector("[data-keep-use]");
  if (use) use.onclick = () => {
    for (const [name, value] of Object.entries(record.values)) {
      const control = known.get(name);
      if (control && valueOf(control) !== value) put(control, value);
    }
    // Kept by this page from now on, unless the form has no place any more for some of it.
    if (same(record.values, { ...record.values, ...values(form) })) forget(key, record.page);
    notice.hidden = true;
    const first = [...known.values()].find((control) => control.type !== "radio");
    first?.focus();
  };
  notice.querySelector("[data-keep-drop]").onclick = () => {
    forget(key, record.page);
    offer(place, key, stands, own, form);
  };
}

/* Follows one form: keeps it, saves it where it saves itself, and says how it stands. */
function follow(place, form) {
  const words = place.dataset;
  const key = `${KEPT}${words.who}/${words.keep}`;
  const state = place.querySelector("[data-keep-state]");
  const signIn = place.querySelector("[data-keep-sign-in]");
  const onward = place.querySelector("[data-keep-onward]");
  const name = place.querySelector("[name=kept_as]");
  const seen = form.elements.namedItem("seen");
  const page = name.value.split("#")[1] || crypto.getRandomValues(new Uint32Array(2)).join("");
  const saves = "saves" in words;
  const typed = "typed" in words; // what stands here was typed and refused, and is not saved
  let saved = typed ? {} : values(form);
  let tried = saved; // and what was last refused: it is asked again when something else is typed
  let safe = true;
  let stopped = false;
  let sent = false;
  let saving = null;
  let timer;

  function keepHere() {
    const record = { page, at: Date.now(), seen: seen?.value ?? "", values: values(form) };
    safe = keep(key, record);
    return safe ? words.textKept : words.textCopy;
  }

  function unsaved() {
    return !same(values(form), saved);
  }

  function stop(message, link) {
    stopped = true;
    say(state, `${message} ${keepHere()}`);
    state.className = "govuk-error-message";
    if (link) link.hidden = false;
  }

  async function send() {
    const going = values(form);
    say(state, words.textSaving);
    let response;
    let answer;
    try {
      response = await fetch(form.getAttribute("action") || location.href, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
        redirect: "manual", // a session that has ended must not look like a saved draft
      });
      if (response.type === "opaqueredirect") {
        stop(words.textSignedOut, signIn);
        return SAVE_AFTER;
      }
      answer = await response.json();
    } catch {
      say(state, `${words.textFailed} ${keepHere()}`);
      return TRY_AGAIN_AFTER;
    }
    if (response.ok) {
      saved = tried = going;
      if (seen) seen.value = answer.seen;
      if (same(values(form), going)) forget(key, page);
      else keepHere();
      say(state, answer.message);
    } else if (response.status === 422) {
      tried = going;
      say(state, `${answer.message} ${keepHere()}`);
    } else if (response.status >= 500) {
      say(state, `${words.textFailed} ${keepHere()}`);
      return TRY_AGAIN_AFTER;
    } else stop(answer.message, response.status === 401 ? signIn : onward);
    return SAVE_AFTER;
  }

  async function save() {
    if (!saves || stopped || saving || !unsaved() || same(values(form), tried)) return;
    saving = send();
    const wait = await saving;
    saving = null;
    if (!stopped) later(wait);
  }

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  }

  function changed() {
    if (!stopped && !unsaved()) {
      forget(key, page);
      say(state, saves ? words.textSame : words.textIdle);
      return;
    }
    const kept = keepHere();
    if (stopped) return;
    say(state, `${navigator.onLine ? words.textTyping : words.textFailed} ${kept}`);
    if (saves) later(SAVE_AFTER);
  }

  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented) return;
    clearTimeout(timer);
    if (!navigator.onLine) {
      // The browser's own page about it would stand where the form was.
      event.preventDefault();
      say(state, `${words.textFailed} ${keepHere()}`);
      return;
    }
    if (saving) {
      // Sent now, it would look like a change made after somebody else's: our own save.
      event.preventDefault();
      stopped = true;
      await saving;
      form.requestSubmit(event.submitter);
      return;
    }
    stopped = sent = true;
    keepHere(); // until the page after this says that it was saved
  });
  addEventListener("online", () => (unsaved() ? (changed(), later(0)) : undefined));
  addEventListener("offline", () => say(state, `${words.textFailed} ${keepHere()}`));
  addEventListener("pageshow", (event) => {
    if (event.persisted) stopped = sent = false; // back from elsewhere, with all that was typed
  });
  addEventListener("beforeunload", (event) => {
    if (!sent && !safe && unsaved()) event.preventDefault();
  });
  const link = signIn.querySelector("a");
  link.href = `${link.getAttribute("href")}?next=${encodeURIComponent(location.pathname)}`;
  name.value = `${words.keep}#${page}`;
  if (typed) say(state, `${words.textTyping} ${keepHere()}`);
  else say(state, saves ? words.textSame : words.textIdle);
  settle(key, saved, page);
  const notice = place.querySelector("[data-keep-offer]");
  form.before(notice);
  offer({ dataset: words, querySelector: () => notice }, key, () => values(form), page, form);
}

/* Where a page has no form any more, what was kept can still be read, copied and deleted. */
function lookBack(place) {
  const key = `${KEPT}${place.dataset.who}/${place.dataset.keep}`;
  const stands = Object.fromEntries(
    [...document.querySelectorAll("[data-stands]")].map((it) => [it.dataset.stands, it.textContent]),
  );
  settle(key, stands);
  offer(place, key, () => stands);
}

/* Forgets what was kept and stands saved by now. */
function settle(key, saved, page) {
  write(key, read(key).filter((each) => each.page === page || !same(each.values, saved)));
}

try {
  forgetOld();
} catch {
  // Nothing is kept in this browser, then.
}
for (const done of document.querySelectorAll("[data-kept-done]")) {
  const [name, page] = done.dataset.keptDone.split("#");
  forget(`${KEPT}${done.dataset.who}/${name}`, page);
}
for (const place of document.querySelectorAll("[data-keep]")) {
  const form = place.closest("form");
  if (form) follow(place, form);
  else lookBack(place);
}
