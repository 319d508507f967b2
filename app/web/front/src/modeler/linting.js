// Asks the server for the problems of what is drawn, a moment after the last change, and paints them.
import { fetchText } from "../fetching.js";
import { Paint } from "../viewer/paint.js";

const PAUSE_MS = 600;

/** Of one modeler; does nothing without an address. */
export class Linting {
  constructor(element, modeler, { lint, texts = {} }) {
    this._element = element;
    this._modeler = modeler;
    this._address = lint;
    this._paint = new Paint(modeler, texts);
    this._asked = 0;
  }

  watch() {
    if (!this._address) return;
    let pause = null;
    this._modeler.on("commandStack.changed", () => {
      clearTimeout(pause);
      pause = setTimeout(() => this._look(), PAUSE_MS);
    });
    this._look();
  }

  async _look() {
    const number = ++this._asked;
    const { xml } = await this._modeler.saveXML({ format: true });
    const headers = { "Content-Type": "application/xml" };
    let problems;
    try {
      ({ problems } = JSON.parse(await fetchText(this._address, { method: "POST", body: xml, headers })));
    } catch {
      return; // The server is away for a moment; the next change asks again.
    }
    if (number !== this._asked) return;
    const byElement = {};
    for (const problem of problems) {
      if (problem.elementId) (byElement[problem.elementId] ??= []).push(problem);
    }
    this._paint.show({ problems: byElement });
    this._element.dispatchEvent(new CustomEvent("baton:linted", { bubbles: true, detail: { problems } }));
  }
}
