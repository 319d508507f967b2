/** The form that `data-form` names, else the one around `element`; editors, whose fields are not its own, name one. */
export function formOf(element) {
  return element.dataset.form ? document.getElementById(element.dataset.form) : element.closest("form");
}

/**
 * Before the form of `element` is sent, ask `text(submitter)` and put it into the form's field `name`.
 *
 * Where `text` resolves to null (what was filled in is wrong, and the island says so) nothing is sent.
 */
export function giveOnSubmit(element, name, text) {
  const form = formOf(element);
  if (!form) return;
  const field = form.elements.namedItem(name) ?? form.appendChild(hidden(name));
  let ready = false;
  form.addEventListener("submit", async (event) => {
    if (ready) {
      ready = false;
      return;
    }
    event.preventDefault();
    const { submitter } = event;
    const found = await text(submitter);
    if (found === null) return;
    field.value = found;
    // A form that is still telling of being sent cannot be sent again, and promises may be kept before it is through.
    await new Promise((done) => setTimeout(done));
    ready = true;
    form.requestSubmit(submitter);
  });
}

function hidden(name) {
  const made = document.createElement("input");
  made.type = "hidden";
  made.name = name;
  return made;
}
