// The island `form`: a form of form-js to fill in.
//
// Properties: `schema`, the form's JSON; `data`, its values; `readonly`; `errors`, `{path: [message]}` of the server;
// `name`, the field of the form around it that gets the values as JSON (default `data`). A button with `formnovalidate`
// sends what was filled in, right or wrong.
import { Form } from "@bpmn-io/form-js-viewer";
import "@bpmn-io/form-js-viewer/dist/assets/form-js.css";
import "./colours.css";
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
  giveOnSubmit(element, name, async (submitter) => {
    if (submitter?.formNoValidate) return JSON.stringify(form._getSubmitData());
    const sent = form.submit();
    return Object.keys(sent.errors).length ? null : JSON.stringify(sent.data);
  });
  return { update: () => {}, destroy: () => form.destroy() };
}

// The server knows fields by path (`receipts[0].amount`), form-js by id and, below it, the rows they are in.
function byId(form, errors) {
  const paths = form.get("pathRegistry");
  const ids = new Map();
  for (const field of Object.values(form.get("formFieldRegistry").getAll())) {
    const path = paths.getValuePath(field)?.filter((step) => typeof step === "string");
    if (path?.length && field.type !== "group" && field.type !== "dynamiclist") ids.set(path.join("."), field.id);
  }
  const found = {};
  for (const [path, messages] of Object.entries(errors)) {
    const id = ids.get(path.replace(/\[\d+\]/g, ""));
    if (id) put(found, [id, ...Array.from(path.matchAll(/\[(\d+)\]/g), ([, index]) => index)], messages);
  }
  return found;
}

function put(tree, steps, value) {
  const last = steps.pop();
  for (const step of steps) tree = tree[step] ??= {};
  tree[last] = value;
}
