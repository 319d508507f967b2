// The island `differ`: two versions of a diagram beside each other, with what changed painted on both.
//
// Properties: `before` and `after`, the addresses of the files; `texts`.
import { diff } from "bpmn-js-differ";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./viewer/viewer.css";
import "./differ.css";

import { colours } from "./colours.js";
import { addControls } from "./viewer/controls.js";
import { Paint } from "./viewer/paint.js";
import { show } from "./viewer/viewer.js";

/** Show both in `element`. */
export async function mount(element, { before, after, texts = {} }) {
  const older = await side(element, before, texts.before, texts);
  const newer = await side(element, after, texts.after, texts);
  const found = diff(older.getDefinitions(), newer.getDefinitions());
  const of = (kind, changes) => Object.fromEntries(Object.keys(changes).map((id) => [id, kind]));
  const both = { ...of("moved", found._layoutChanged), ...of("changed", found._changed) };
  new Paint(older, texts).show({ changes: { ...both, ...of("removed", found._removed) } });
  new Paint(newer, texts).show({ changes: { ...both, ...of("added", found._added) } });
  together(older, newer);
  const detail = { added: names(found._added), removed: names(found._removed), changed: Object.keys(found._changed) };
  element.dispatchEvent(new CustomEvent("baton:compared", { bubbles: true, detail }));
  return { destroy: () => [older, newer].forEach((viewer) => viewer.destroy()) };
}

async function side(element, xml, label, texts) {
  const half = document.createElement("section");
  half.className = "half";
  const title = document.createElement("h3");
  title.textContent = label ?? "";
  const picture = document.createElement("div");
  picture.className = "picture";
  half.append(title, picture);
  element.append(half);
  const container = document.createElement("div");
  container.className = "canvas";
  picture.append(container);
  const viewer = new NavigatedViewer({ container, ...colours() });
  await show(viewer, { xml, clean: `${xml}?clean=true` });
  viewer.get("canvas").zoom("fit-viewport", "auto");
  addControls(picture, viewer, { label, texts });
  return viewer;
}

// Moving or zooming one moves the other.
function together(...viewers) {
  let moving = false;
  for (const viewer of viewers) {
    viewer.on("canvas.viewbox.changed", ({ viewbox }) => {
      if (moving) return;
      moving = true;
      const { x, y, width, height } = viewbox;
      viewers.filter((other) => other !== viewer).forEach((other) => other.get("canvas").viewbox({ x, y, width, height }));
      moving = false;
    });
  }
}

function names(elements) {
  return Object.entries(elements).map(([id, element]) => element.name || id);
}
