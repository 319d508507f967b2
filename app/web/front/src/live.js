// Live fragments ask again and again (`hx-trigger="every 2s"`) and get 304 from the browser's cache while nothing
// changed. They rest while the page is hidden, while somebody is working in them (what was typed stays), and while
// they show what does not change: a past moment, or why something was refused (`data-rests`).
//
// What shows another moment says with `data-address` where it is kept.

/** Hold back what need not be asked, and go to the log-in when the session is over. */
export function watchLiveFragments() {
  document.addEventListener("htmx:config:request", (event) => {
    if (isPolling(event.target) && (document.hidden || rests(event.target))) event.preventDefault();
  });
  document.addEventListener("htmx:before:response", (event) => {
    const { response, request } = event.detail.ctx;
    if (response.status === 401) {
      location.assign(`/login?back=${encodeURIComponent(location.pathname + location.search)}`);
    }
    // An error page in a fragment, or an older answer than what somebody is typing into, would be in the way.
    if (isPolling(event.target) && (response.status >= 400 || rests(event.target))) event.preventDefault();
    else if (request.method === "GET" && isPolling(event.target)) keep(event);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    for (const fragment of document.querySelectorAll("[data-live-fragment]")) {
      fragment.dispatchEvent(new CustomEvent("every"));
    }
  });
}

/** Keep the address of what is shown, so that it can be loaded again and sent. */
export function keepAddress() {
  const address = document.querySelector("[data-address]")?.dataset.address;
  if (address && address !== location.pathname + location.search) history.replaceState(null, "", address);
}

function rests(fragment) {
  return fragment.querySelector("[data-rests]") !== null || isBusy(fragment);
}

// An answer that is what the fragment shows already is not swapped in: nothing moves, nothing is announced.
function keep(event) {
  const tag = event.detail.ctx.response.headers.get("ETag");
  if (tag !== null && tag === event.target.dataset.shown) event.preventDefault();
  else if (tag !== null) event.target.dataset.shown = tag;
}

function isPolling(element) {
  return element instanceof Element && element.hasAttribute("data-live-fragment");
}

function isBusy(fragment) {
  const focused = document.activeElement;
  const typing = focused && fragment.contains(focused) && focused.matches("input, textarea, select");
  const typed = Array.from(fragment.querySelectorAll("textarea, input[type=text]")).some(
    (field) => field.value !== field.defaultValue,
  );
  const ticked = Array.from(fragment.querySelectorAll("input[type=checkbox], input[type=radio]")).some(
    (box) => box.checked !== box.defaultChecked,
  );
  return typing || typed || ticked;
}
