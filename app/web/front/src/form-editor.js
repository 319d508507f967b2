// The island `form-editor`: a form of form-js to draw.
//
// Properties: `schema`, the form's JSON, or none for a new one; `name`, the field of the form around it that gets the
// JSON (default `schema`).
import { FormEditor } from "@bpmn-io/form-js-editor";
import "@bpmn-io/form-js-viewer/dist/assets/form-js.css";
import "@bpmn-io/form-js-editor/dist/assets/form-js-editor.css";
import "@bpmn-io/form-js-editor/dist/assets/properties-panel.css";

import { giveOnSubmit } from "./submitting.js";

const EMPTY = { type: "default", schemaVersion: 19, components: [] };

/** Show the editor in `element`. */
export async function mount(element, { schema, name = "schema" }) {
  const container = document.createElement("div");
  container.className = "canvas";
  element.append(container);
  const editor = new FormEditor({ container });
  await editor.importSchema(schema ?? EMPTY);
  giveOnSubmit(element, name, async () => JSON.stringify(editor.saveSchema(), null, 2));
  return { destroy: () => editor.destroy() };
}
