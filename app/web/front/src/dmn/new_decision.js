/** What drawing decisions begins with: one decision, a table of one input and one output. */
export const NEW_DECISION = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" id="new-decisions" name="New decisions" namespace="http://bpmn.io/schema/dmn">
  <decision id="new-decision" name="New decision">
    <decisionTable id="new-table" hitPolicy="UNIQUE">
      <input id="input-1" label="Input">
        <inputExpression id="input-1-expression" typeRef="string"><text>input</text></inputExpression>
      </input>
      <output id="output-1" label="Output" name="output" typeRef="string" />
    </decisionTable>
  </decision>
  <dmndi:DMNDI>
    <dmndi:DMNDiagram>
      <dmndi:DMNShape dmnElementRef="new-decision">
        <dc:Bounds x="340" y="160" width="180" height="80" />
      </dmndi:DMNShape>
    </dmndi:DMNDiagram>
  </dmndi:DMNDI>
</definitions>
`;
