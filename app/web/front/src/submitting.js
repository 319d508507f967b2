/**
 * Before the form around `element` is sent, ask `text(submitter)` and put it into the form's field `name`.
 *
 * Where `text` resolves to null (what was filled in is wrong, and the island says so) nothing is sent.
 */
export function giveOnSubmit(element, name, text) {
  const form = element.closest("form");
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
    ready = true;
    // Not before this event is over: a form that is being submitted refuses to be submitted again.
    setTimeout(() => form.requestSubmit(submitter));
  });
}

function hidden(name) {
  const made = document.createElement("input");
  made.type = "hidden";
  made.name = name;
  return made;
}
