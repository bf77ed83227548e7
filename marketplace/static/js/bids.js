/* Writing an answer: a live count of words, and a draft that saves itself.
   Without this script the same form counts on the server and saves by its buttons. */

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
      } else {
        stopped = true; // somebody else's change, or closed: for the person to decide
      }
      state.textContent = answer.message;
      return SAVE_AFTER;
    } catch {
      state.textContent = form.dataset.textFailed;
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
  });
  addEventListener("beforeunload", (event) => {
    if (!sent && area.value !== saved) event.preventDefault();
  });
  showCount();
}

for (const form of document.querySelectorAll("[data-bid-answer]")) prepare(form);
