// What is known of the elements, painted on a diagram of bpmn-js:
//
//   counts     {id: number}                 tokens that are there now
//   incidents  {id: number}                 open incidents
//   links      {id: address}                where a badge of the element leads
//   problems   {id: [{severity, message, fix, rule, line}]}
//   heat       {id: 0 to 1}                 how hot: often, or slow
//   path       [id]                         what was taken, flow nodes and sequence flows
//   tokens     [id]                         where tokens are, without a number
//   changes    {id: "added" | "removed" | "changed" | "moved"}

import { Badges } from "./badges.js";

const STEPS = 5;
const EVENT_WIDTH = 40;
const BADGE = "baton-badge";

/** Paints, and paints anew only what changed. */
export class Paint {
  constructor(viewer, texts) {
    this._shown = new Badges(viewer);
    this._canvas = viewer.get("canvas");
    this._registry = viewer.get("elementRegistry");
    this._texts = texts;
    this._markers = new Set();
    this._badges = new Map();
  }

  /** Show exactly this. Ids that the diagram does not have are passed over. */
  show(data) {
    this._mark(markersOf(data));
    this._badge(badgesOf(data, this._texts, (id) => this._registry.get(id)?.businessObject?.name || id));
  }

  _mark(wanted) {
    const next = new Set(wanted.filter(([id]) => this._registry.get(id)).map(([id, name]) => `${name} ${id}`));
    for (const each of this._markers) if (!next.has(each)) this._canvas.removeMarker(...parts(each));
    for (const each of next) if (!this._markers.has(each)) this._canvas.addMarker(...parts(each));
    this._markers = next;
  }

  _badge(wanted) {
    // What is said of the process itself has no place in its picture.
    const hasPlace = ({ id }) => this._registry.get(id)?.parent;
    const next = new Map(wanted.filter(hasPlace).map((badge) => [JSON.stringify(badge), badge]));
    for (const [key, shown] of this._badges) {
      if (!next.has(key)) {
        this._shown.remove(shown);
        this._badges.delete(key);
      }
    }
    for (const [key, badge] of next) {
      if (this._badges.has(key)) continue;
      this._badges.set(key, this._shown.add(badge.id, drawn(badge), placed(badge, this._registry.get(badge.id))));
    }
  }
}

function markersOf({ heat = {}, path = [], tokens = [], incidents = {}, problems = {}, changes = {} }) {
  return [
    ...Object.entries(heat).map(([id, value]) => [id, `heat-${Math.min(STEPS, 1 + Math.floor(value * STEPS))}`]),
    ...path.map((id) => [id, "on-path"]),
    ...tokens.map((id) => [id, "has-token"]),
    ...Object.keys(incidents).map((id) => [id, "has-incident"]),
    ...Object.entries(problems).map(([id, found]) => [id, `has-${worst(found)}`]),
    ...Object.entries(changes).map(([id, kind]) => [id, `is-${kind}`]),
  ];
}

function badgesOf({ counts = {}, incidents = {}, problems = {}, links = {} }, texts, nameOf) {
  const badge = (kind, id, count, text, position) => ({ kind, id, text, position, count, href: links[id] ?? null });
  return [
    ...Object.entries(counts).map(([id, count]) =>
      badge("tokens", id, count, said(texts.tokens, { count, name: nameOf(id) }), { bottom: 12, left: -10 })),
    ...Object.entries(incidents).map(([id, count]) =>
      badge("incidents", id, count, said(texts.incidents, { count, name: nameOf(id) }), { bottom: 12, right: 14 })),
    ...Object.entries(problems).map(([id, found]) =>
      badge(worst(found), id, found.length, found.map((each) => told(each, texts)).join("\n"), { top: -10, right: 14 })),
  ];
}

/** An event has its name below it, where the badges of what is larger are. */
function placed({ position: { bottom, ...position } }, { width }) {
  if (bottom === undefined) return position;
  return width <= EVENT_WIDTH ? { ...position, top: -12 } : { ...position, bottom };
}

function drawn({ kind, count, text, href }) {
  const made = document.createElement(href ? "a" : "span");
  made.className = `${BADGE} ${kind}`;
  made.textContent = count;
  made.title = text;
  if (href) {
    made.href = href;
    made.setAttribute("aria-label", text);
  } else {
    made.role = "img";
    made.setAttribute("aria-label", text);
  }
  return made;
}

function worst(problems) {
  return ["error", "warning"].find((each) => problems.some(({ severity }) => severity === each)) ?? "info";
}

function told({ message, fix, rule, line }, texts) {
  const where = [rule, line ? said(texts.line, { line }) : ""].filter(Boolean).join(", ");
  return [message, fix, where && `(${where})`].filter(Boolean).join(" ");
}

/** A text with its places filled in. */
export function said(text = "{count}", values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function parts(each) {
  const space = each.indexOf(" ");
  return [each.slice(space + 1), each.slice(0, space)];
}
