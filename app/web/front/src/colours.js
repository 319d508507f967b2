/** Options of bpmn-js for the page's own colours, dark and light; what a file colours itself keeps its colours. */
export function colours() {
  return {
    bpmnRenderer: {
      defaultFillColor: "var(--diagram-fill)",
      defaultStrokeColor: "var(--diagram-ink)",
    },
  };
}
