// The island `differ`: two versions of a diagram beside each other, with what changed painted on both.
//
// Properties: `before` and `after`, the addresses of the files; `texts`. A list below says every change; a click on one
// shows its element on both sides.
import { diff } from "bpmn-js-differ";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./viewer/viewer.css";
import "./differ.css";

import { changesOf, listed } from "./changes.js";
import { colours } from "./colours.js";
import { shortTexts } from "./short_texts.js";
import { showElement } from "./viewer/about.js";
import { addControls } from "./viewer/controls.js";
import { moving } from "./viewer/moving.js";
import { Paint } from "./viewer/paint.js";
import { show } from "./viewer/viewer.js";

/** Show both in `element`. */
export async function mount(element, { before, after, texts = {} }) {
  const older = await side(element, before, texts.before, texts);
  const newer = await side(element, after, texts.after, texts);
  const of = (viewer) => (id) => viewer.get("elementRegistry").get(id)?.businessObject;
  const changes = changesOf(diff(older.getDefinitions(), newer.getDefinitions()), of(older), of(newer));
  const without = (kind) => Object.fromEntries(changes.filter((each) => each.kind !== kind).map(({ id, kind: of }) => [id, of]));
  new Paint(older, texts).show({ changes: without("added") });
  new Paint(newer, texts).show({ changes: without("removed") });
  together(older, newer);
  element.append(listed(changes, texts, (id) => [older, newer].forEach((viewer) => showElement(viewer, id))));
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
  const viewer = new NavigatedViewer({ container, ...colours(), additionalModules: [shortTexts, moving] });
  await show(viewer, { xml, clean: `${xml}?clean=true` });
  viewer.get("canvas").zoom("fit-viewport", "auto");
  viewer.get("canvas").settle();
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
