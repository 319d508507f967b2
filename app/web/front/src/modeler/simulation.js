// Token simulation with its styles: loaded when somebody wants to see tokens play.
import TokenSimulation from "bpmn-js-token-simulation";
import "bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css";

export default TokenSimulation;
