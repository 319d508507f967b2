// What stands beside a diagram and is about its elements: a click on `data-element` shows that element in the diagram,
// a click on an element marks what is said of it (`data-finding`). Both within the nearest `data-about`.

/** Join them; `select` and the canvas are those of any of bpmn-js's viewers. */
export function pointAtElements(element, viewer) {
  const around = element.closest("[data-about]");
  if (!around) return;
  around.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-element]");
    if (button) showElement(viewer, button.dataset.element);
  });
  viewer.on("selection.changed", ({ newSelection }) => {
    const id = newSelection[0]?.id;
    for (const finding of around.querySelectorAll("[data-finding]")) {
      finding.classList.toggle("is-meant", id !== undefined && finding.dataset.finding === id);
    }
    if (!element.contains(document.activeElement)) return;
    around.querySelector(".is-meant")?.scrollIntoView({ block: "nearest" });
  });
}

/** Select the element and bring it into sight; of nothing if the diagram does not have it. */
export function showElement(viewer, id) {
  const canvas = viewer.get("canvas");
  const found = viewer.get("elementRegistry").get(id);
  if (!found) return;
  if (found === canvas.getRootElement()) canvas.zoom("fit-viewport", "auto");
  else canvas.scrollToElement(found, 80);
  viewer.get("selection").select(found);
}
