// Whose words the properties are written in: plain BPMN, Camunda 7's or Camunda 8's.
import { CamundaPlatformPropertiesProviderModule, ZeebePropertiesProviderModule } from "bpmn-js-properties-panel";

const camunda = async () => ({ camunda: (await import("camunda-bpmn-moddle/resources/camunda.json")).default });
const zeebe = async () => ({ zeebe: (await import("zeebe-bpmn-moddle/resources/zeebe.json")).default });

/**
 * What bpmn-js needs for each; `moddle` loads it. Both vendors' words together make it lose whole processes (they extend the same
 * elements by the same names); what a file says in the words not chosen is kept all the same.
 */
export const WORDS = {
  plain: { modules: [], moddle: async () => ({}) },
  camunda: { modules: [CamundaPlatformPropertiesProviderModule], moddle: camunda },
  zeebe: { modules: [ZeebePropertiesProviderModule], moddle: zeebe },
};

/** The words that a file uses already. */
export function wordsOf(content) {
  if (content.includes("http://camunda.org/schema/zeebe/")) return "zeebe";
  return content.includes("http://camunda.org/schema/1.0/bpmn") ? "camunda" : "plain";
}

/** A group of radio buttons; `choose` gets the chosen one. */
export function wordsSwitch(current, texts, choose) {
  const group = document.createElement("fieldset");
  group.className = "words";
  const legend = document.createElement("legend");
  legend.textContent = texts.words ?? "";
  group.append(legend);
  for (const words of Object.keys(WORDS)) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    input.type = "radio";
    input.name = "island-words";
    input.value = words;
    input.checked = words === current;
    input.addEventListener("change", () => choose(words));
    label.append(input, ` ${texts[`words_${words}`] ?? words}`);
    group.append(label);
  }
  return group;
}

/** A box to tick; `choose` gets whether tokens are to play. */
export function simulationSwitch(texts, choose) {
  const label = document.createElement("label");
  const input = document.createElement("input");
  input.type = "checkbox";
  input.addEventListener("change", () => choose(input.checked));
  label.append(input, ` ${texts.simulate ?? ""}`);
  return label;
}
