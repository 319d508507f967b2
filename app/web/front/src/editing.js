// What the three editors have in common: their form gets the file, may save it on this machine, warns before
// changes are lost, and says a moment after each change what is wrong with it.
import { fetchText } from "./fetching.js";
import { fill } from "./findings.js";
import { formOf, giveOnSubmit } from "./submitting.js";

const PAUSE_MS = 600;

/**
 * Of one editor in `element`. `text()` gives the file; `paint(byElement)` shows problems on it; `show(id)` an element.
 *
 * Properties: `name`, the form's field that gets the file; `lint`, the address that answers a POST of the file with
 * `{"problems": […]}`; `type`, the file's media type; `unsaved`, if what it begins with is kept nowhere; `texts`.
 * In the form: `[data-save]` saves the file, `[data-edited]` says whether there is something to lose. Beside it,
 * `[data-problems]` lists problems.
 */
export class Editing {
  constructor(element, { name, lint, type, unsaved = false, texts = {} }, { text, paint = () => {}, show = () => {} }) {
    this._form = formOf(element);
    this._options = { lint, type, texts };
    Object.assign(this, { _text: text, _paint: paint, _show: show, _asked: 0, _pause: null });
    giveOnSubmit(element, name, async () => {
      const file = await text();
      this._keep(true);
      return file;
    });
    this._leave = (event) => this._edited && event.preventDefault();
    window.addEventListener("beforeunload", this._leave);
    this._form?.querySelector("[data-save]")?.addEventListener("click", () => this._save());
    this._form?.elements.namedItem("mode")?.addEventListener("change", () => this.look());
    this._keep(!unsaved);
  }

  /** To be told after each change. */
  changed() {
    this._keep(false);
    clearTimeout(this._pause);
    this._pause = setTimeout(() => this.look(), PAUSE_MS);
  }

  /** Ask what is wrong now. */
  async look() {
    const { lint, type, texts } = this._options;
    if (!lint) return;
    const number = ++this._asked;
    let problems;
    try {
      const options = { method: "POST", body: await this._text(), headers: { "Content-Type": type } };
      ({ problems } = JSON.parse(await fetchText(this._addressOf(lint), options)));
    } catch {
      return; // The server is away for a moment; the next change asks again.
    }
    if (number !== this._asked) return;
    const byElement = {};
    for (const problem of problems) {
      if (problem.elementId) (byElement[problem.elementId] ??= []).push(problem);
    }
    this._paint(byElement);
    fill(document.querySelector("[data-problems]"), problems, texts, this._show);
  }

  destroy() {
    clearTimeout(this._pause);
    window.removeEventListener("beforeunload", this._leave);
  }

  _addressOf(lint) {
    const asked = new URLSearchParams({ name: this._value("name") || "new" });
    if (this._value("mode")) asked.set("mode", this._value("mode"));
    return `${lint}?${asked}`;
  }

  _value(name) {
    return this._form?.elements.namedItem(name)?.value ?? "";
  }

  _keep(isKept) {
    this._edited = !isKept;
    const said = this._form?.querySelector("[data-edited]");
    if (said) said.textContent = isKept ? "" : (this._options.texts.unsaved ?? "");
  }

  async _save() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([await this._text()], { type: this._options.type }));
    link.download = this._value("name") || "new";
    link.click();
    URL.revokeObjectURL(link.href);
    this._keep(true);
  }
}
