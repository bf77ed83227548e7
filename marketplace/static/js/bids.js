/* Writing an answer: a live count of words, and how the text will be read. Without this script the
   same form counts and shows on the server. How the text is saved and kept: keeping.js. */

const WHITE_SPACE =
  /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+/;
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
const SAY_AFTER = 1000; // a screen reader hears the count when the typing pauses
const SHOW_AFTER = 800; // and what stands in the preview follows what is typed

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

function count(form, area) {
  const shown = form.querySelector("[data-words]");
  const said = form.querySelector("[data-words-said]");
  let talk;
  const show = () => {
    const sentence = countSentence(form, countWords(area.value));
    shown.textContent = sentence;
    clearTimeout(talk);
    talk = setTimeout(() => (said.textContent = sentence), SAY_AFTER);
  };
  area.addEventListener("input", show);
  show();
}

/* The server renders the preview, by the very rules by which the panel will read the text. */
function preview(form, area) {
  const button = form.querySelector("[data-preview]");
  const shown = form.querySelector("[data-preview-shown]");
  const text = form.querySelector("[data-preview-text]");
  let timer;
  let asked;
  const show = async () => {
    asked?.abort();
    asked = new AbortController();
    const sent = new FormData(form);
    sent.set("then", "preview");
    try {
      const response = await fetch(location.href, {
        method: "POST",
        body: sent,
        headers: { Accept: "application/json" },
        redirect: "error",
        signal: asked.signal,
      });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.message);
      const page = new DOMParser().parseFromString(answer.html, "text/html");
      text.replaceChildren(...page.body.childNodes);
    } catch (error) {
      if (error.name !== "AbortError") text.textContent = button.dataset.textAway;
    }
    shown.hidden = false;
  };
  button.addEventListener("click", (event) => {
    event.preventDefault();
    show();
  });
  area.addEventListener("input", () => {
    clearTimeout(timer);
    if (!shown.hidden) timer = setTimeout(show, SHOW_AFTER);
  });
}

for (const form of document.querySelectorAll("[data-bid-answer]")) {
  const area = form.querySelector("textarea");
  count(form, area);
  preview(form, area);
}
