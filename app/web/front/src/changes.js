// What bpmn-js-differ found, as a list to read.

/**
 * `[{id, kind, name, type, details}]`; `details` are the attributes that changed, as `name: old → new`.
 *
 * `older(id)` and `newer(id)` give the elements: bpmn-js-differ itself mixes up old and new of plain attributes.
 */
export function changesOf({ _added, _removed, _changed, _layoutChanged }, older, newer) {
  const moved = Object.fromEntries(Object.entries(_layoutChanged).filter(([id]) => !(id in _changed)));
  return [
    ...entries("added", _added),
    ...entries("removed", _removed),
    ...Object.entries(_changed).map(([id, { model, attrs }]) => ({
      ...entry("changed", id, newer(id) ?? model),
      details: differences(attrs, older(id), newer(id)),
    })),
    ...entries("moved", moved),
  ];
}

/** The list as an element; `show` gets the id of what is clicked. */
export function listed(changes, texts, show) {
  const section = document.createElement("section");
  section.className = "changes findings";
  const title = document.createElement("h3");
  title.textContent = texts.changes ?? "";
  section.append(title);
  const list = document.createElement("ol");
  for (const change of changes) list.append(item(change, texts, show));
  if (changes.length) section.append(list);
  else section.append(Object.assign(document.createElement("p"), { className: "empty", textContent: texts.none ?? "" }));
  return section;
}

function item({ id, kind, name, type, details = [] }, texts, show) {
  const made = document.createElement("li");
  made.className = `is-${kind}`;
  const said = Object.assign(document.createElement("span"), { className: "tag", textContent: texts[kind] ?? kind });
  const button = Object.assign(document.createElement("button"), { type: "button" });
  button.append(Object.assign(document.createElement("bdi"), { textContent: name || id }));
  button.addEventListener("click", () => show(id));
  made.append(said, " ", button, " ", Object.assign(document.createElement("code"), { textContent: type }));
  for (const detail of details) made.append(Object.assign(document.createElement("p"), { textContent: detail }));
  return made;
}

const entries = (kind, found) => Object.entries(found).map(([id, model]) => entry(kind, id, model));

function entry(kind, id, model) {
  return { id, kind, name: model?.name, type: (model?.$type ?? "").replace(/^\w+:/, "") };
}

// What is written in one line; of what is made of elements it is enough to know that it changed.
function differences(attrs = {}, older, newer) {
  const values = (name, { oldValue, newValue }) =>
    /^[\w:]+$/.test(name) && older && newer ? [older.get(name), newer.get(name)] : [oldValue, newValue];
  return Object.entries(attrs).map(([name, found]) => `${name}: ${values(name, found).map(brief).join(" → ")}`);
}

function brief(value) {
  if (value === undefined || value === null) return "–";
  if (typeof value !== "object") return `“${String(value).slice(0, 200)}”`;
  return value.body ? `“${String(value.body).slice(0, 200)}”` : (value.id ?? value.name ?? "…");
}
