// Buttons to zoom, and the keyboard: + - 0 zoom, arrows move, while the diagram has the focus.

const STEP = 60;
const MOVES = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] };

/** Add them to the island's element; without the keyboard where bpmn-js has keys of its own. */
export function addControls(element, viewer, { label, texts = {}, keyboard = true }) {
  const canvas = viewer.get("canvas");
  const zoom = (factor) => canvas.zoom(Math.min(4 * largest(), Math.max(0.2, canvas.zoom() * factor)), "auto");
  const fit = () => canvas.zoom("fit-viewport", "auto");
  const bar = document.createElement("div");
  bar.className = "zoom";
  bar.role = "group";
  bar.setAttribute("aria-label", texts.zoom ?? "");
  bar.append(
    button("+", texts.zoom_in, () => zoom(1.25)),
    button("−", texts.zoom_out, () => zoom(0.8)),
    button("⤢", texts.zoom_fit, fit),
  );
  element.append(bar);
  if (!keyboard) return;

  const picture = element.querySelector(".djs-container svg");
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", [label, texts.keys].filter(Boolean).join(". "));
  picture.setAttribute("tabindex", "0");
  picture.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "+" || event.key === "=") zoom(1.25);
    else if (event.key === "-") zoom(0.8);
    else if (event.key === "0") fit();
    else if (MOVES[event.key]) canvas.scroll({ dx: MOVES[event.key][0], dy: MOVES[event.key][1] });
    else return;
    event.preventDefault();
  });
}

/** How large a diagram is at most before somebody makes it larger: as large as the letters of the page are. */
export function largest() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
}

function button(sign, title, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = sign;
  made.title = title ?? "";
  made.setAttribute("aria-label", title ?? sign);
  made.addEventListener("click", act);
  return made;
}
