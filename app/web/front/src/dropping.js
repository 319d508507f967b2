// Files dropped on a form with `data-drop` are chosen in its file input, as if by hand; the form hears `change`.

/** Watch the whole page. */
export function watchDrops() {
  const formOf = (event) => event.target.closest?.("[data-drop]");
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault(); // Beside the form too: a file that misses it must not replace the page.
      mark(formOf(event));
    });
  }
  document.addEventListener("dragleave", (event) => event.relatedTarget === null && mark(null));
  document.addEventListener("drop", (event) => {
    mark(null);
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    const input = formOf(event)?.querySelector("input[type=file]");
    if (!input) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

function mark(wanted) {
  for (const form of document.querySelectorAll("[data-drop]")) form.classList.toggle("is-over", form === wanted);
}
