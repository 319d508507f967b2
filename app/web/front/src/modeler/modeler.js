// The island `modeler`: a diagram to draw, with its properties, its problems, and its tokens played through.
//
// Properties: `xml`, the address of a file, or `content`, the file, or neither for a new one; `words`, which properties
// the panel has: `plain`, `camunda` (Camunda 7) or `zeebe` (Camunda 8); `name`, the field of the form around it that
// gets the file (default `xml`); `lint`, `unsaved`, `texts`: see `editing.js`.
import Modeler from "bpmn-js/lib/Modeler";
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule } from "bpmn-js-properties-panel";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn.css";
import "@bpmn-io/properties-panel/dist/assets/properties-panel.css";
import "../viewer/viewer.css";
import "./modeler.css";

import { colours } from "../colours.js";
import { Editing } from "../editing.js";
import { fetchText } from "../fetching.js";
import { shortTexts } from "../short_texts.js";
import { showElement } from "../viewer/about.js";
import { addControls, largest } from "../viewer/controls.js";
import { Paint } from "../viewer/paint.js";
import { NEW_DIAGRAM } from "./new_diagram.js";
import { WORDS, simulationSwitch, wordsOf, wordsSwitch } from "./words.js";

/** Show the modeler in `element`. */
export async function mount(element, properties) {
  const { xml, name = "xml", texts = {} } = properties;
  const content = properties.content ?? (xml ? await fetchText(xml) : NEW_DIAGRAM);
  const frame = document.createElement("div");
  frame.className = "frame";
  let mode = { words: properties.words ?? wordsOf(content), simulates: false };
  let drawing = null;
  const drawn = async () => (await drawing.modeler.saveXML({ format: true })).xml;
  const editing = new Editing(element, { ...properties, name, type: "application/xml" }, {
    text: drawn,
    paint: (problems) => drawing.paint?.show({ problems }),
    show: (id) => showElement(drawing.modeler, id),
  });
  const begin = async (file) => {
    drawing = await draw(frame, file, mode, properties);
    drawing.modeler.on("commandStack.changed", () => editing.changed());
    if (!mode.simulates) editing.look();
  };
  const change = async (changed) => {
    const now = await drawn();
    drawing.modeler.destroy();
    mode = { ...mode, ...changed };
    await begin(now);
  };
  const bar = document.createElement("div");
  bar.className = "modes";
  bar.append(
    wordsSwitch(mode.words, texts, (words) => change({ words })),
    simulationSwitch(texts, (simulates) => change({ simulates })),
  );
  element.append(bar, frame);
  await begin(content);
  return { destroy: () => (editing.destroy(), drawing.modeler.destroy()) };
}

async function draw(frame, content, { words, simulates }, properties) {
  const canvas = document.createElement("div");
  canvas.className = "drawing";
  const panel = document.createElement("aside");
  panel.className = "panel";
  panel.setAttribute("aria-label", properties.texts?.properties ?? "");
  frame.replaceChildren(canvas, panel);
  const modules = [BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, ...WORDS[words].modules];
  // Playing tokens is a tenth of the island, and seldom wanted.
  if (simulates) modules.push(...(await import("./simulation.js")).default);
  const modeler = new Modeler({
    container: canvas,
    propertiesPanel: { parent: panel },
    ...colours(),
    additionalModules: [...modules, shortTexts],
    moddleExtensions: await WORDS[words].moddle(),
  });
  await modeler.importXML(content);
  fitBeside(modeler.get("canvas"));
  addControls(canvas, modeler, { ...properties, keyboard: false });
  if (simulates) modeler.get("toggleMode").toggleMode(true);
  return { modeler, paint: simulates ? null : new Paint(modeler, properties.texts ?? {}) };
}

// The palette lies over the canvas: the whole diagram beside it.
function fitBeside(canvas) {
  const { inner, outer } = canvas.viewbox();
  const [margin, beside] = [20, canvas.getContainer().querySelector(".djs-palette")?.getBoundingClientRect().width ?? 0];
  const palette = beside + 3 * margin;
  const scale = Math.min(largest(), (outer.width - palette - margin) / inner.width, (outer.height - 2 * margin) / inner.height);
  const [width, height] = [outer.width / scale, outer.height / scale];
  canvas.viewbox({ x: inner.x - palette / scale, y: inner.y - (height - inner.height) / 2, width, height });
}
