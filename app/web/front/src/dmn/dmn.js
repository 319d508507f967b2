// The island `dmn`: decision tables and requirement graphs, to look at or (`edit`) to draw.
//
// Properties: `xml`, the address of the file, or `content`, the file; `edit`; `decision`, the id of the one to open;
// `matched`, the ids of the rules to mark; `name`, the field of the form around it that gets the file (default `xml`).
import "dmn-js/dist/assets/diagram-js.css";
import "dmn-js/dist/assets/dmn-js-shared.css";
import "dmn-js/dist/assets/dmn-js-drd.css";
import "dmn-js/dist/assets/dmn-js-decision-table.css";
import "dmn-js/dist/assets/dmn-js-literal-expression.css";
import "dmn-js/dist/assets/dmn-js-boxed-expression.css";
import "./dmn.css";

import { fetchText } from "../fetching.js";
import { giveOnSubmit } from "../submitting.js";

/** Show the file in `element`. */
export async function mount(element, { xml, content, edit = false, decision, matched = [], texts = {}, name = "xml" }) {
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
  await dmn.importXML(content ?? (await fetchText(xml)));
  const wanted = dmn.getViews().find((view) => decision && view.element.id === decision);
  if (wanted) await dmn.open(wanted);
  mark(container, matched);
  if (edit) giveOnSubmit(element, name, async () => (await dmn.saveXML({ format: true })).xml);
  return { update: (data) => mark(container, data.matched ?? []), destroy: () => dmn.destroy() };
}

async function make(edit, container) {
  const { default: Dmn } = edit ? await import("./modeler.js") : await import("dmn-js/lib/NavigatedViewer");
  return new Dmn({ container });
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
