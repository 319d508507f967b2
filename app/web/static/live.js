// Shows the changing part of the page again whenever it changed. Works by asking with the ETag, so an
// unchanged page costs a few bytes; rests while the page is hidden or somebody is typing into it.
"use strict";

const PAUSE_MS = 2000;
const live = document.getElementById("live");
let shown = null;

function isBusy() {
  const focused = document.activeElement;
  const typing = focused && live.contains(focused) && focused.matches("input, textarea, select");
  const typed = Array.from(live.querySelectorAll("textarea")).some((area) => area.value.trim() !== "");
  const ticked = live.querySelector("input[type=checkbox]:checked") !== null;
  return document.hidden || typing || typed || ticked;
}

function show(text) {
  const open = Array.from(live.querySelectorAll("details[open][id]"), (details) => details.id);
  const fresh = new DOMParser().parseFromString(text, "text/html").body;
  live.replaceChildren(...fresh.childNodes);
  for (const id of open) {
    const details = document.getElementById(id);
    if (details) details.open = true;
  }
}

async function look() {
  try {
    if (!isBusy()) {
      const answer = await fetch(live.dataset.source, { cache: "no-cache", credentials: "same-origin" });
      if (answer.status === 401) {
        location.assign("/login");
        return;
      }
      const text = answer.ok ? await answer.text() : shown;
      if (text !== shown && !isBusy()) {
        if (shown !== null) show(text);
        shown = text;
      }
    }
  } catch {
    // The server is away for a moment; the next look may find it.
  }
  setTimeout(look, PAUSE_MS);
}

look();
