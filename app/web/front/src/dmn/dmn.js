// The island `dmn`: decision tables and requirement graphs, to look at or (`edit`) to draw.
//
// Properties: `xml`, the address of the file, or `content`, the file, or neither for a new one; `edit`; `decision`, the id of the one to open;
// `matched`, the ids of the rules to mark; `name`, the field of the form around it that gets the file (default `xml`);
// for `edit` also `lint`, `unsaved`, `texts`: see `editing.js`.
import "dmn-js/dist/assets/diagram-js.css";
import "dmn-js/dist/assets/dmn-js-shared.css";
import "dmn-js/dist/assets/dmn-js-drd.css";
import "dmn-js/dist/assets/dmn-js-decision-table.css";
import "dmn-js/dist/assets/dmn-js-literal-expression.css";
import "dmn-js/dist/assets/dmn-js-boxed-expression.css";
import "./dmn.css";

import { decisionColours } from "../colours.js";
import { fetchText } from "../fetching.js";
import { NEW_DECISION } from "./new_decision.js";

/** Show the file in `element`. */
export async function mount(element, properties) {
  const { xml, content, edit = false, decision, matched = [], texts = {} } = properties;
  const views = document.createElement("nav");
  views.className = "views";
  views.setAttribute("aria-label", texts.views ?? "");
  const container = document.createElement("div");
  container.className = "sheet";
  element.append(views, container);
  const dmn = await make(edit, container);
  dmn.on("views.changed", ({ views: all, activeView }) => {
    views.replaceChildren(...all.map((view) => tab(view, view === activeView, () => dmn.open(view))));
    mark(container, matched);
  });
  await dmn.importXML(content ?? (xml ? await fetchText(xml) : NEW_DECISION));
  const wanted = dmn.getViews().find((view) => decision && view.element.id === decision);
  if (wanted) await dmn.open(wanted);
  mark(container, matched);
  const editing = edit ? await watch(element, dmn, properties) : null;
  return { update: (data) => mark(container, data.matched ?? []), destroy: () => (editing?.destroy(), dmn.destroy()) };
}

// Each view has a viewer of its own, made when it is opened first.
async function watch(element, dmn, properties) {
  const { Editing } = await import("../editing.js");
  const text = async () => (await dmn.saveXML({ format: true })).xml;
  const show = (id) => {
    const view = dmn.getViews().find((each) => each.element.id === id);
    if (view) dmn.open(view);
  };
  const editing = new Editing(element, { name: "xml", ...properties, type: "application/xml" }, { text, show });
  const listen = (viewer) => viewer.on("commandStack.changed", () => editing.changed());
  Object.values(dmn._viewers).forEach(listen);
  dmn.on("viewer.created", ({ viewer }) => listen(viewer));
  editing.look();
  return editing;
}

async function make(edit, container) {
  const { default: Dmn } = edit ? await import("./modeler.js") : await import("dmn-js/lib/NavigatedViewer");
  return new Dmn({ container, ...decisionColours() });
}

function tab(view, isOpen, open) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = view.name || view.element.name || view.id;
  if (isOpen) made.setAttribute("aria-current", "true");
  made.addEventListener("click", open);
  return made;
}

function mark(container, matched) {
  for (const cell of container.querySelectorAll("tr .rule-index[data-element-id]")) {
    cell.closest("tr").classList.toggle("is-matched", matched.includes(cell.dataset.elementId));
  }
}
