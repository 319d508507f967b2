import "./colours.css";

/** Options of bpmn-js for the page's own colours, dark and light; what a file colours itself keeps its colours. */
export function colours() {
  return { bpmnRenderer: RENDERER };
}

/** The same of dmn-js. */
export function decisionColours() {
  return { drd: { drdRenderer: RENDERER } };
}

const RENDERER = { defaultFillColor: "var(--diagram-fill)", defaultStrokeColor: "var(--diagram-ink)" };
