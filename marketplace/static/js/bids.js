/* Writing an answer: a live count of words, and a draft that saves itself.
   Without this script the same form counts on the server and saves by its buttons.
   Text that a save did not take stays in this browser, by bid and question, until a save takes it
   or the person deletes it: as when a colleague submitted the bid meanwhile. */

const WHITE_SPACE =
  /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+/;
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
const SAVE_AFTER = 3000; // long enough not to save every letter, short enough to lose little
const TRY_AGAIN_AFTER = 15000; // the network is away: no use to ask every moment
const SAY_AFTER = 1000; // a screen reader hears the count when the typing pauses

/* The rule of bids/wording.py: pieces between white space that hold a letter or a digit. */
export function countWords(text) {
  return text.split(WHITE_SPACE).filter((piece) => LETTER_OR_DIGIT.test(piece)).length;
}

function fill(words, values) {
  return words.replace(/\{(\w+)\}/g, (_place, name) => values[name]);
}

/* The store of this browser: it may be full or switched off, and then keeps nothing. */
function keep(name, text) {
  try {
    localStorage.setItem(name, text);
    return true;
  } catch {
    return false;
  }
}

function keptAs(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function forget(name) {
  try {
    localStorage.removeItem(name);
  } catch {
    // Nothing was kept, then.
  }
}

/* A text as the server keeps it: see marketplace/core/forms.py. */
function clean(text) {
  const control = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g;
  return text.replaceAll("\r\n", "\n").replace(control, "").trim();
}

/* Shows text that this browser kept before; `use` puts it into the form, where there is one. */
function offer(notice, name, text, use) {
  notice.querySelector("[data-kept-text]").textContent = text;
  notice.hidden = false;
  notice.querySelector("[data-kept-use]")?.addEventListener("click", () => {
    notice.hidden = true;
    use(text);
  });
  notice.querySelector("[data-kept-drop]")?.addEventListener("click", () => {
    notice.hidden = true;
    forget(name);
  });
}

function countSentence(form, count) {
  const limit = Number(form.dataset.limit);
  if (!limit) return fill(form.dataset.textCount, { count });
  return count > limit
    ? fill(form.dataset.textOver, { over: count - limit, limit })
    : fill(form.dataset.textLeft, { left: limit - count, limit });
}

function prepare(form) {
  const area = form.querySelector("textarea");
  const shown = form.querySelector("[data-words]");
  const said = form.querySelector("[data-words-said]");
  const state = form.querySelector("[data-saved]");
  const seen = form.elements.namedItem("seen");
  const onward = form.querySelector("[data-refused]");
  const name = nameOf(form.dataset.bidAnswer);
  let keeping = false; // what this browser keeps is this page's own
  let safe = false; // and it is the very text that stands here now
  let saved = area.value;
  let timer;
  let talk;
  let saving = null; // the save that is under way
  let stopped = false;
  let sent = false;

  function showCount() {
    const sentence = countSentence(form, countWords(area.value));
    shown.textContent = sentence;
    clearTimeout(talk);
    talk = setTimeout(() => (said.textContent = sentence), SAY_AFTER);
  }

  function keepHere() {
    safe = keep(name, area.value);
    keeping = keeping || safe;
    return safe ? form.dataset.textKept : form.dataset.textCopy;
  }

  async function send(text) {
    state.textContent = form.dataset.textSaving;
    try {
      const response = await fetch(location.href, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
        redirect: "error", // a session that has ended must not look like a saved draft
      });
      const answer = await response.json();
      if (response.ok) {
        saved = text;
        seen.value = answer.seen;
        if (keeping || clean(keptAs(name) ?? "") === clean(text)) forget(name);
        keeping = safe = false;
        state.textContent = answer.message;
      } else {
        stopped = true; // somebody else's change, submitted, or closed: for the person to decide
        state.textContent = `${answer.message} ${keepHere()}`;
        state.className = "govuk-error-message";
        onward.hidden = false;
      }
      return SAVE_AFTER;
    } catch {
      state.textContent = `${form.dataset.textFailed} ${keepHere()}`;
      return TRY_AGAIN_AFTER;
    }
  }

  async function save() {
    if (stopped || saving || area.value === saved) return;
    saving = send(area.value);
    const wait = await saving;
    saving = null;
    if (!stopped && area.value !== saved) later(wait);
  }

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  }

  area.addEventListener("input", () => {
    showCount();
    if (keeping) keepHere();
    if (stopped) return;
    state.textContent = form.dataset.textTyping;
    later(SAVE_AFTER);
  });
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    stopped = true;
    if (saving) {
      // Sent now, it would look like a change made after somebody else's: our own save.
      event.preventDefault();
      await saving;
      form.requestSubmit(event.submitter);
      return;
    }
    sent = true;
    if (keeping) keepHere(); // if this save takes it, the next look at the question finds it so
  });
  addEventListener("beforeunload", (event) => {
    if (!sent && !safe && area.value !== saved) event.preventDefault();
  });
  showCount();
  return (text) => {
    keeping = true;
    area.value = text;
    area.dispatchEvent(new Event("input"));
    area.focus();
  };
}

function nameOf(answer) {
  return `answer:${answer}`;
}

const form = document.querySelector("[data-bid-answer]");
const stands = form?.querySelector("textarea").value ??
  document.querySelector("[data-stands]")?.textContent ?? "";
const use = form && prepare(form);
for (const refused of document.querySelectorAll("[data-refused-text]")) {
  keep(nameOf(refused.dataset.refusedText), refused.textContent);
}
for (const notice of document.querySelectorAll("[data-kept]")) {
  const name = nameOf(notice.dataset.kept);
  const text = keptAs(name);
  if (text === null || document.querySelector("[data-refused-text]")) continue;
  if (clean(text) === clean(stands)) forget(name);
  else offer(notice, name, text, use);
}
