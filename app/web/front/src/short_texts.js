// What is drawn of a very long text is its beginning: bpmn-js would take seconds to lay out ten thousand letters.
// The diagram itself keeps the whole.
import TextRenderer from "bpmn-js/lib/draw/TextRenderer";

const MOST = 300;

function ShortTextRenderer(config) {
  TextRenderer.call(this, config);
  const { createText, getDimensions, getExternalLabelBounds, getTextAnnotationBounds } = this;
  this.createText = (text, options) => createText(short(text), options);
  this.getDimensions = (text, options) => getDimensions(short(text), options);
  this.getExternalLabelBounds = (bounds, text) => getExternalLabelBounds(bounds, short(text));
  this.getTextAnnotationBounds = (bounds, text) => getTextAnnotationBounds(bounds, short(text));
}

ShortTextRenderer.$inject = ["config.textRenderer"];

function short(text) {
  return text && text.length > MOST ? `${text.slice(0, MOST)}…` : text;
}

/** A module for bpmn-js. */
export const shortTexts = { textRenderer: ["type", ShortTextRenderer] };
