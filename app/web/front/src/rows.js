// `data-add-row` adds a row like the last one, empty, to the `data-rows` around it. Rows that are numbered have
// `data-number`, and what begins with their list's path or id (`data-list`, `data-id`) gets the next number.

/** Watch the whole page. */
export function watchRows() {
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-add-row]");
    const around = button?.closest("[data-rows]");
    const rows = Array.from(around?.querySelectorAll("[data-row]") ?? []).filter(
      (row) => row.parentElement.closest("[data-rows]") === around,
    );
    if (!rows.length) return;
    const last = rows[rows.length - 1];
    const added = last.cloneNode(true);
    empty(added);
    if (last.dataset.number !== undefined) renumber(added, Number(last.dataset.number), rows.length);
    last.after(added);
    added.querySelector("input, select, textarea").focus();
  });
}

function empty(row) {
  for (const wrong of [row, ...row.querySelectorAll(".wrong")]) wrong.classList.remove("wrong");
  for (const message of row.querySelectorAll(".message, output")) message.remove();
  for (const [, ...more] of Map.groupBy(row.querySelectorAll("[data-row]"), (each) => each.parentElement).values()) {
    for (const each of more) each.remove();
  }
  for (const field of row.querySelectorAll("input, select, textarea")) {
    if (field.type === "hidden") field.remove();
    else if (field.type === "checkbox") field.checked = false;
    else field.value = "";
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
}

function renumber(row, from, to) {
  const { list, id } = row.dataset;
  const starts = [[`${id}-r${from}`, `${id}-r${to}`]];
  if (list !== undefined) starts.push([`field:${list}[${from}]`, `field:${list}[${to}]`], [`${list}[${from}]`, `${list}[${to}]`]);
  for (const element of [row, ...row.querySelectorAll("*")]) {
    for (const name of ["id", "for", "name", "data-id", "data-list"]) {
      const text = element.getAttribute(name);
      const [before, after] = starts.find(([start]) => text?.startsWith(start)) ?? [];
      if (before !== undefined) element.setAttribute(name, after + text.slice(before.length));
    }
  }
  row.dataset.number = to;
  row.dataset.id = id;
  const label = row.hasAttribute("aria-label") ? row : row.querySelector("[aria-label]");
  label?.setAttribute("aria-label", label.getAttribute("aria-label").replace(/\d+(?=\D*$)/, to + 1));
}
