// What every page loads: htmx, the rhythm of live fragments, and the loader of islands.
import "htmx.org";

import { watchDrops } from "./dropping.js";
import { mountIslands, updateIslands } from "./islands.js";
import { keepAddress, watchLiveFragments } from "./live.js";
import { watchRows } from "./rows.js";
import { watchTicks } from "./ticking.js";

watchLiveFragments();
watchDrops();
watchRows();
watchTicks();
mountIslands(document);
document.addEventListener("htmx:after:swap", () => {
  mountIslands(document);
  updateIslands();
  keepAddress();
});
