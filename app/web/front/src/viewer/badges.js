// Small things of HTML at elements of a diagram: placed when they are added, and when what they stand at changes. They
// lie with the overlays of bpmn-js, which wraps each of its own twice and asks for the viewbox each time.
import { getBBox } from "diagram-js/lib/util/Elements";

/** `add` and `remove` them; they follow their elements, and are seen where those are. */
export class Badges {
  constructor(viewer) {
    this._canvas = viewer.get("canvas");
    this._registry = viewer.get("elementRegistry");
    this._places = new Map();
    this._layer = document.createElement("div");
    this._canvas.getContainer().querySelector(".djs-overlay-container").append(this._layer);
    this._layer.addEventListener("focusin", ({ target }) => this._reveal(target));
    viewer.on("element.changed", 500, ({ element }) => this._follow(element));
    viewer.on(["shape.remove", "connection.remove"], ({ element }) => this._forget(element));
    viewer.on("root.set", () => [...this._places.keys()].forEach((element) => this._follow(element)));
  }

  /** Show `html` at the element with this id; `position` is as in bpmn-js: {top or bottom, left or right}. */
  add(id, html, position) {
    const element = this._registry.get(id);
    const place = this._places.get(element) ?? this._begin(element);
    place.badges.push({ html, position });
    place.html.append(html);
    this._follow(element);
    return { element, html };
  }

  remove({ element, html }) {
    const place = this._places.get(element);
    if (!place) return;
    html.remove();
    place.badges = place.badges.filter((each) => each.html !== html);
    if (!place.badges.length) this._forget(element);
  }

  _begin(element) {
    const html = Object.assign(document.createElement("div"), { className: "badges" });
    html.dataset.containerId = element.id;
    const place = { html, badges: [] };
    this._places.set(element, place);
    this._layer.append(html);
    return place;
  }

  _follow(element) {
    const place = this._places.get(element);
    if (!place) return;
    const { x, y, width, height } = element.waypoints ? getBBox(element) : element;
    put(place.html, x, y);
    place.html.hidden = this._canvas.findRoot(element) !== this._canvas.getRootElement();
    for (const { html, position: { left, right, top, bottom } } of place.badges) {
      put(html, left ?? width - right, top ?? height - bottom);
    }
  }

  _forget(element) {
    this._places.get(element)?.html.remove();
    this._places.delete(element);
  }

  // Who goes from link to link by the keyboard sees each.
  _reveal(target) {
    if (!target.matches(":focus-visible")) return;
    this._canvas.getContainer().scrollTo(0, 0);
    this._canvas.scrollToElement(target.closest(".badges").dataset.containerId, 40);
  }
}

function put(html, left, top) {
  html.style.left = `${left}px`;
  html.style.top = `${top}px`;
}
