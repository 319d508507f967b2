// What takes the pointer (an area and a line more for each element) is made when the diagram is shown, or when the
// pointer comes: who looks need not wait for it.
function LateHits(eventBus) {
  let waiting = [];
  eventBus.on("interactionEvents.createHit", 2000, ({ element, gfx }) => {
    if (!waiting) return undefined;
    waiting.push({ element, gfx });
    return false;
  });
  const make = () => {
    const late = waiting ?? [];
    waiting = null;
    for (const hit of late) if (hit.element.parent) eventBus.fire("interactionEvents.createHit", hit);
  };
  eventBus.once("canvas.mouseover", make);
  eventBus.once("canvas.focus.changed", make);
  eventBus.once("canvas.shown", () => whenIdle(make));
}

LateHits.$inject = ["eventBus"];

function whenIdle(act) {
  if (window.requestIdleCallback) requestIdleCallback(act, { timeout: 1000 });
  else setTimeout(act, 200);
}

/** A module for bpmn-js; it waits for the event `canvas.shown`. */
export const lateHits = { __init__: ["lateHits"], lateHits: ["type", LateHits] };
