// The island `viewer`: a diagram to look at, with what is known of its elements painted on it.
//
// Properties: `xml`, the address of the file, or `content`, the file; `clean`, where to ask if the file itself has no
// picture; `label`; `texts`; and what `paint.js` paints. `update` takes the latter again.
//
// How long it took is measured as `baton:diagram` (import and first paint, without loading the file).
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./viewer.css";

import { colours } from "../colours.js";
import { fetchText } from "../fetching.js";
import { shortTexts } from "../short_texts.js";
import { pointAtElements } from "./about.js";
import { addControls } from "./controls.js";
import { lateHits } from "./late_hits.js";
import { moving } from "./moving.js";
import { Paint } from "./paint.js";

/** Show the diagram in `element`. */
export async function mount(element, properties) {
  const container = document.createElement("div");
  container.className = "canvas";
  element.append(container);
  const viewer = new NavigatedViewer({ container, ...colours(), additionalModules: [shortTexts, moving, lateHits] });
  await show(viewer, properties);
  performance.mark("baton:diagram:imported");
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  canvas.settle();
  addControls(element, viewer, properties);
  const paint = new Paint(viewer, properties.texts ?? {});
  paint.show(properties);
  performance.measure("baton:diagram", "baton:diagram:loaded");
  viewer.get("eventBus").fire("canvas.shown");
  pointAtElements(element, viewer);
  viewer.on("selection.changed", ({ newSelection }) => {
    const detail = { id: newSelection[0]?.id ?? null };
    element.dispatchEvent(new CustomEvent("baton:select", { bubbles: true, detail }));
  });
  return { update: (data) => paint.show(data), destroy: () => viewer.destroy() };
}

/** Import `content` or what is at `xml`; what was drawn nowhere gets its places from `clean`. */
export async function show(viewer, { xml, content, clean }) {
  try {
    const file = content ?? (await fetchText(xml));
    performance.mark("baton:diagram:loaded");
    await viewer.importXML(file);
    if (viewer.get("elementRegistry").getAll().length > 1 || !clean) return;
  } catch (error) {
    if (!clean) throw error;
  }
  await viewer.importXML(await fetchText(clean));
}
