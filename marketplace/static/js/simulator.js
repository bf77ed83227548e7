/* Works the result out anew while somebody types: the same address, of which only the result is
   taken. Without script the form is sent by its button. */

const form = document.querySelector("[data-simulator]");
const result = document.querySelector("[data-simulator-result]");
const status = document.querySelector("[data-simulator-status]");
const PAUSE = 400; /* milliseconds without a key */

let timer = null;
let asked = null;

function address() {
  const wanted = new URL(form.action);
  for (const [name, value] of new FormData(form)) wanted.searchParams.append(name, value);
  return wanted;
}

function tell() {
  const first = result.querySelector("[data-simulator-first]")?.dataset.simulatorFirst;
  const news = result.querySelector("[data-simulator-news]")?.dataset.simulatorNews ?? "";
  const problem = result.querySelector(".govuk-error-summary__title")?.textContent.trim();
  status.textContent = problem ?? [first && `1. ${first}.`, news].filter(Boolean).join(" ");
}

/* What is wrong with a box stands beside it too; the box itself is never touched. */
function mark(page) {
  for (const box of form.querySelectorAll(".govuk-input")) {
    const group = box.closest(".govuk-form-group");
    const fresh = page.getElementById(box.id)?.closest(".govuk-form-group");
    const message = fresh?.querySelector(".govuk-error-message");
    group.querySelector(".govuk-error-message")?.remove();
    group.classList.toggle("govuk-form-group--error", Boolean(message));
    box.classList.toggle("govuk-input--error", Boolean(message));
    if (message) {
      box.setAttribute("aria-describedby", message.id);
      group.querySelector(".govuk-label").after(message);
    } else box.removeAttribute("aria-describedby");
  }
}

async function work() {
  asked?.abort();
  asked = new AbortController();
  const wanted = address();
  result.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(wanted, { signal: asked.signal, headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-simulator-result]");
    if (!fresh) return;
    result.replaceChildren(...fresh.childNodes);
    mark(page);
    history.replaceState(null, "", wanted);
    tell();
  } catch (error) {
    /* Without a network the button still says what is wrong. */
    if (error.name !== "AbortError") status.textContent = "";
  } finally {
    result.removeAttribute("aria-busy");
  }
}

form?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(work, PAUSE);
});
