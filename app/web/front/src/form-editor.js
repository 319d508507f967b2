// The island `form-editor`: a form of form-js to draw.
//
// Properties: `schema`, the form's JSON, or none for a new one; `name`, the field of the form around it that gets the
// JSON (default `schema`); `lint`, `unsaved`, `texts`: see `editing.js`.
import { FormEditor } from "@bpmn-io/form-js-editor";
import "@bpmn-io/form-js-viewer/dist/assets/form-js.css";
import "@bpmn-io/form-js-editor/dist/assets/form-js-editor.css";
import "@bpmn-io/form-js-editor/dist/assets/properties-panel.css";
import "./colours.css";
import "./form-editor.css";

import { Editing } from "./editing.js";

const EMPTY = { id: "new-form", type: "default", schemaVersion: 19, components: [] };

/** Show the editor in `element`. */
export async function mount(element, properties) {
  const container = document.createElement("div");
  container.className = "canvas";
  element.append(container);
  const editor = new FormEditor({ container });
  await editor.importSchema(properties.schema ?? EMPTY);
  const text = async () => JSON.stringify(editor.saveSchema(), null, 2);
  const editing = new Editing(element, { name: "schema", ...properties, type: "application/json" }, { text });
  editor.on("commandStack.changed", () => editing.changed());
  editing.look();
  return { destroy: () => (editing.destroy(), editor.destroy()) };
}
