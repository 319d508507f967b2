// A canvas that moves without being drawn anew. bpmn-js writes every step into the picture, and hides and shows all
// overlays for it: with hundreds of elements the browser lays out and paints all of them for each frame.
//
// Here picture and overlays stand on one sheet that the compositor holds as a layer. A movement is a transform of the
// sheet, once per frame; some frames after the last the picture is drawn at its place and size, and is crisp again.
// Whoever asks for the viewbox hears of where the sheet is, and asks neither the layout nor the picture.
import Canvas from "diagram-js/lib/core/Canvas";
import Overlays from "diagram-js/lib/features/overlays/Overlays";
import { getBBox, selfAndAllChildren } from "diagram-js/lib/util/Elements";

import { largest } from "./controls.js";

// Frames, not milliseconds: where few are shown, a pause between two is no rest.
const RESTS_AFTER = 12;
// A sheet that is stretched or shrunk further would be a blur, or a picture many times as large as its window.
const STRETCH = 2.5;
const MARGIN = 8;
const CONTENT = ["shape.added", "connection.added", "shape.removed", "connection.removed", "elements.changed", "root.set"];
const FAR = 1e6;

class MovingCanvas extends Canvas {
  _init(config) {
    super._init(config);
    this._sheet = document.createElement("div");
    this._sheet.className = "sheet";
    this._container.classList.add("moves");
    this._container.append(this._sheet);
    this._sheet.append(this._svg);
    // Whatever the sheet's place is, the pointer is over the picture.
    this._svg.prepend(ground());
    this._at = this._drawn = { scale: 1, x: 0, y: 0 };
    this._eventBus.on(CONTENT, () => { this._content = null; });
    this._resizes = new ResizeObserver(() => { this._size = null; });
    this._resizes.observe(this._container);
    // A link that gets the focus makes the browser scroll what cannot be scrolled back.
    this._container.addEventListener("scroll", () => this._takeScroll());
  }

  _destroy() {
    this._resizes.disconnect();
    cancelAnimationFrame(this._frame);
    super._destroy();
  }

  viewbox(box) {
    const outer = this.getSize();
    if (!box) {
      const { scale, x, y } = this._at;
      const [width, height] = [outer.width / scale, outer.height / scale];
      return { x: -x / scale, y: -y / scale, width, height, scale, inner: { ...this._contentBox() }, outer };
    }
    const scale = Math.min(outer.width / box.width, outer.height / box.height);
    this._moveTo({ scale, x: -box.x * scale, y: -box.y * scale });
    return box;
  }

  scroll({ dx = 0, dy = 0 } = {}) {
    const { scale, x, y } = this._at;
    if (dx || dy) this._moveTo({ scale, x: x + dx, y: y + dy });
    return { x: this._at.x, y: this._at.y };
  }

  zoom(scale, center) {
    if (!scale || scale === "fit-viewport") return super.zoom(scale, center);
    const { width, height } = this.getSize();
    const { x, y } = typeof center === "object" ? center : { x: width / 2, y: height / 2 };
    const by = scale / this._at.scale;
    this._moveTo({ scale, x: x - (x - this._at.x) * by, y: y - (y - this._at.y) * by });
    return scale;
  }

  _fitViewport(center) {
    if (!center) return super._fitViewport(center);
    const { inner, outer } = this.viewbox();
    const scale = Math.min(largest(), outer.width / inner.width, outer.height / inner.height);
    const [width, height] = [outer.width / scale, outer.height / scale];
    const [x, y] = [inner.x - (width - inner.width) / 2, inner.y - (height - inner.height) / 2];
    this.viewbox({ x, y, width, height });
    return scale;
  }

  getSize() {
    this._size ??= super.getSize();
    return { ...this._size };
  }

  /** Draw the picture where it is now, at once. */
  settle() {
    cancelAnimationFrame(this._frame);
    this._frame = null;
    this._drawn = this._at;
    const { scale, x, y } = this._at;
    this._viewport.setAttribute("transform", `matrix(${scale},0,0,${scale},${x},${y})`);
    this._sheet.style.transform = "";
    this._eventBus.fire("canvas.settled", { viewbox: this.viewbox() });
  }

  _moveTo(at) {
    this._still = 0;
    this._changeViewbox(() => { this._at = at; });
    this._frame ??= requestAnimationFrame(() => this._next());
  }

  _next() {
    const by = this._at.scale / this._drawn.scale;
    if (this._still >= RESTS_AFTER || by > STRETCH || by < 1 / STRETCH) {
      this.settle();
      return;
    }
    if (this._still === 0) this._shift(by);
    this._still += 1;
    this._frame = requestAnimationFrame(() => this._next());
  }

  _shift(by) {
    const [x, y] = [this._at.x - this._drawn.x * by, this._at.y - this._drawn.y * by];
    // Between two pixels every line would be a blur.
    this._sheet.style.transform = by === 1 ? `translate(${whole(x)}px,${whole(y)}px)` : `matrix(${by},0,0,${by},${x},${y})`;
  }

  _takeScroll() {
    const { scrollLeft, scrollTop } = this._container;
    if (!scrollLeft && !scrollTop) return;
    this._container.scrollTo(0, 0);
    this.scroll({ dx: -scrollLeft, dy: -scrollTop });
  }

  // Of the model, not of what is drawn: the browser need not lay it out first.
  _contentBox() {
    this._content ??= boxAround(this._rootElement ? selfAndAllChildren(this._rootElement, true) : [], this._rootElement);
    return this._content;
  }
}

MovingCanvas.$inject = Canvas.$inject;

function boxAround(elements, root) {
  const shown = elements.filter((element) => element !== root && !element.hidden);
  if (!shown.length) return { x: 0, y: 0, width: 0, height: 0 };
  const { x, y, width, height } = getBBox(shown);
  return { x: x - MARGIN, y: y - MARGIN, width: width + 2 * MARGIN, height: height + 2 * MARGIN };
}

function ground() {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const place = { class: "ground", x: -FAR, y: -FAR, width: 2 * FAR, height: 2 * FAR };
  for (const [name, value] of Object.entries(place)) made.setAttribute(name, value);
  return made;
}

function whole(length) {
  return Math.round(length * devicePixelRatio) / devicePixelRatio;
}

class SheetOverlays extends Overlays {
  constructor(config, eventBus, canvas, elementRegistry) {
    super(config, eventBus, canvas, elementRegistry);
    canvas._sheet.prepend(this._overlayRoot);
    eventBus.on("canvas.settled", ({ viewbox }) => super._updateRoot(viewbox));
  }

  // They move with the sheet.
  hide() {}
  _updateRoot() {}

  _updateOverlaysVisibilty(viewbox) {
    const root = this._canvas.getRootElement();
    for (const overlay of Object.values(this._overlays)) {
      if (root !== this._root || overlay.show || overlay.scale !== true) this._updateOverlayVisibilty(overlay, viewbox);
    }
    this._root = root;
  }
}

SheetOverlays.$inject = Overlays.$inject;

/** A module for bpmn-js. */
export const moving = { canvas: ["type", MovingCanvas], overlays: ["type", SheetOverlays] };
