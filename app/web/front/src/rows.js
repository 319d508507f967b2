// `data-add-row` adds a row like the last one, empty, to the `data-rows` around it.

/** Watch the whole page. */
export function watchRows() {
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-add-row]");
    const rows = button?.closest("[data-rows]").querySelectorAll("[data-row]");
    if (!rows?.length) return;
    const last = rows[rows.length - 1];
    const added = last.cloneNode(true);
    added.classList.remove("wrong");
    added.querySelector(".message")?.remove();
    for (const field of added.querySelectorAll("input, select, textarea")) {
      field.value = "";
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
    }
    last.after(added);
    added.querySelector("input").focus();
  });
}
