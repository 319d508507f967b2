// Problems as a list, like `findings` of templates/parts/problems.html.
import { said } from "./viewer/paint.js";

/** Show exactly these in `place`; `show` gets the id of the element whose name is clicked. */
export function fill(place, problems, texts, show) {
  if (!place) return;
  if (!problems.length) {
    place.replaceChildren(made("p", "empty", texts.no_problems));
    return;
  }
  const list = document.createElement("ol");
  for (const problem of problems) list.append(item(problem, texts, show));
  place.replaceChildren(list);
}

function item({ severity, message, fix, rule, line, elementId, elementName }, texts, show) {
  const entry = made("li", severity);
  entry.append(made("span", `tag ${severity}`, texts[severity] ?? severity), " ");
  if (elementId) {
    const button = made("button", "");
    button.type = "button";
    button.append(made("bdi", "", elementName || elementId));
    button.addEventListener("click", () => show(elementId));
    entry.append(button, " ");
  }
  if (line) entry.append(made("span", "number", said(texts.line, { line })), " ");
  entry.append(made("code", "", rule), made("p", "", message), made("p", "fix", fix));
  return entry;
}

function made(tag, className, text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}
