// In place of the package `domify`, by which bpmn.io's libraries make elements of markup: the Content-Security-Policy
// refuses style attributes in markup, and allows the same styles when a script sets them.
import domify from "../node_modules/domify/index.js";

/** As `domify`, with styles. */
export default function domifyWithStyles(markup, document) {
  const made = domify(markup.replace(/\sstyle=/g, " data-style="), document);
  const within = made.querySelectorAll ? [...made.querySelectorAll("[data-style]")] : [];
  for (const element of made.dataset?.style ? [made, ...within] : within) {
    element.style.cssText = element.dataset.style;
    delete element.dataset.style;
  }
  return made;
}
