/* Saves what an evaluator writes while they write it; the form's buttons do the same without. */

const PAUSE = 2000; // long enough not to save in the middle of a word

for (const form of document.querySelectorAll("form[data-autosave]")) {
  const note = form.querySelector("[data-saved]");
  let timer = 0;
  let saving = false;
  let again = false;

  const save = async () => {
    if (saving) {
      again = true; // what was typed meanwhile goes with the next
      return;
    }
    saving = true;
    try {
      const answer = await fetch(form.action || window.location.href, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Requested-With": "autosave" },
      });
      if (answer.ok && note) {
        note.textContent = (await answer.json()).saved;
      }
    } catch {
      // No connection: the text stays in the page, and the next pause tries again.
    } finally {
      saving = false;
      if (again) {
        again = false;
        timer = window.setTimeout(save, PAUSE);
      }
    }
  };

  form.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(save, PAUSE);
  });
  form.addEventListener("submit", () => window.clearTimeout(timer));
}
