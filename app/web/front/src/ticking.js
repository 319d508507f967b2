// A box `data-tick-all="name"` ticks every box of that name, and shows whether all, some or none are ticked.

/** Show the boxes, which do nothing without scripts, and watch the page. */
export function watchTicks() {
  for (const all of document.querySelectorAll("[data-tick-all]")) {
    all.closest("[hidden]")?.removeAttribute("hidden");
    show(all);
  }
  document.addEventListener("change", ({ target }) => {
    if (target.matches?.("[data-tick-all]")) {
      for (const box of boxes(target)) box.checked = target.checked;
    }
    for (const all of document.querySelectorAll("[data-tick-all]")) show(all);
  });
}

function boxes(all) {
  return Array.from(document.getElementsByName(all.dataset.tickAll)).filter((box) => box.type === "checkbox");
}

function show(all) {
  const ticked = boxes(all).filter((box) => box.checked).length;
  all.checked = ticked > 0 && ticked === boxes(all).length;
  all.indeterminate = ticked > 0 && !all.checked;
}
