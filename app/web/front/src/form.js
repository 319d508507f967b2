// The island `form`: a form of form-js to fill in.
//
// Properties: `schema`, the form's JSON; `data`, its values; `readonly`; `errors`, `{path: [message]}` of the server;
// `name`, the field of the form around it that gets the values as JSON (default `data`).
import { Form } from "@bpmn-io/form-js-viewer";
import "@bpmn-io/form-js-viewer/dist/assets/form-js.css";
import "./form.css";

import { giveOnSubmit } from "./submitting.js";

/** Show the form in `element`. */
export async function mount(element, { schema, data = {}, readonly = false, errors = {}, name = "data" }) {
  const container = document.createElement("div");
  element.append(container);
  // Typed text counts at once: whoever sends the form right after the last letter sends that letter too.
  const form = new Form({ container, debounce: false });
  await form.importSchema(schema, data);
  if (readonly) form.setProperty("readOnly", true);
  if (Object.keys(errors).length) form._setState({ errors: byId(form, errors) });
  giveOnSubmit(element, name, async () => {
    const sent = form.submit();
    return Object.keys(sent.errors).length ? null : JSON.stringify(sent.data);
  });
  return { update: () => {}, destroy: () => form.destroy() };
}

// The server knows fields by path, form-js by id.
function byId(form, errors) {
  const fields = Object.values(form.get("formFieldRegistry").getAll());
  const found = fields.filter(({ key, path }) => errors[key ?? path]);
  return Object.fromEntries(found.map(({ id, key, path }) => [id, errors[key ?? path]]));
}
