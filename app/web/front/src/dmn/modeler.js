// The modeler of dmn-js with its styles: loaded only where somebody draws.
import Modeler from "dmn-js/lib/Modeler";
import "dmn-js/dist/assets/dmn-js-decision-table-controls.css";
import "dmn-js/dist/assets/dmn-js-boxed-expression-controls.css";
import "dmn-js/dist/assets/dmn-font/css/dmn.css";

export default Modeler;
