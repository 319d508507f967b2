// What every page loads: htmx, the rhythm of live fragments, and the loader of islands.
import "htmx.org";

import { mountIslands, updateIslands } from "./islands.js";
import { keepAddress, watchLiveFragments } from "./live.js";

watchLiveFragments();
mountIslands(document);
document.addEventListener("htmx:after:swap", () => {
  mountIslands(document);
  updateIslands();
  keepAddress();
});
