// Finds the islands of a page and gives each the module that it names.
//
// An island is an element with `data-island`, its properties as JSON in a script inside it. `data-live` names the
// script with what changes: it stands in a live fragment and is read again after every swap.

const ISLANDS = {
  viewer: () => import("./viewer/viewer.js"),
  modeler: () => import("./modeler/modeler.js"),
  form: () => import("./form.js"),
  "form-editor": () => import("./form-editor.js"),
  dmn: () => import("./dmn/dmn.js"),
  differ: () => import("./differ.js"),
};

const mounted = new Map();

/** Mount every island below `root` that is not yet. */
export function mountIslands(root) {
  for (const element of root.querySelectorAll("[data-island]")) {
    if (!mounted.has(element)) whenOpen(element);
  }
}

// What is folded away has no size yet: it is mounted, and loaded, once it is unfolded.
function whenOpen(element) {
  const folded = element.closest("details:not([open])");
  if (folded) folded.addEventListener("toggle", () => mountIslands(folded), { once: true });
  else mount(element);
}

/** Hand what changed to the islands that asked for it; forget those that are gone. */
export function updateIslands() {
  for (const [element, island] of mounted) {
    if (!element.isConnected) {
      mounted.delete(element);
      island.handle?.destroy?.();
      continue;
    }
    const text = liveText(element);
    if (island.handle && text !== null && text !== island.shown) {
      island.shown = text;
      island.handle.update?.(JSON.parse(text));
    }
  }
}

async function mount(element) {
  const island = { handle: null, shown: null };
  mounted.set(element, island);
  const properties = JSON.parse(element.querySelector("script[type='application/json']")?.textContent ?? "{}");
  try {
    const load = ISLANDS[element.dataset.island];
    if (!load) throw new Error(`Expected an island, but there is none named '${element.dataset.island}'`);
    const module = await load();
    island.shown = liveText(element);
    const live = island.shown === null ? {} : JSON.parse(island.shown);
    element.querySelector(".island-waits")?.remove();
    island.handle = (await module.mount(element, { ...properties, ...live })) ?? null;
    element.dataset.mounted = "";
    updateIslands();
  } catch (error) {
    fail(element, error);
  }
}

function fail(element, error) {
  element.querySelector(".island-waits")?.remove();
  const said = document.createElement("p");
  said.className = "notice wrong";
  said.role = "alert";
  said.textContent = `${element.dataset.failed ?? ""} (${error.message})`;
  element.replaceChildren(said);
  element.dataset.mounted = "failed";
}

function liveText(element) {
  const named = element.dataset.live;
  return named ? (document.getElementById(named)?.textContent ?? null) : null;
}
