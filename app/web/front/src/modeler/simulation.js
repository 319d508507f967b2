// Token simulation with its styles, in the colours of the page: loaded when somebody wants to see tokens play.
import TokenSimulation from "bpmn-js-token-simulation";
import NeutralElementColors from "bpmn-js-token-simulation/lib/features/neutral-element-colors/NeutralElementColors";
import "bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css";
import "./simulation.css";

class PageElementColors extends NeutralElementColors {
  _setNeutralColors() {
    const colours = { stroke: "var(--diagram-ink)", fill: "var(--diagram-fill)" };
    this._elementRegistry.forEach((element) => this._elementColors.add(element, "neutral-element-colors", colours));
  }
}

PageElementColors.$inject = NeutralElementColors.$inject;

export default [TokenSimulation, { neutralElementColors: ["type", PageElementColors] }];
