// Builds `src/base.js` and, behind its dynamic imports, one chunk per island into `app/web/static/islands`.
// The server finds the files by `manifest.json`; all addresses in them are relative, so any prefix works.
import { fileURLToPath } from "node:url";

import { defineConfig } from "vite";

// CodeMirror writes <style> elements, which the Content-Security-Policy refuses. It has a second way, style sheets
// made by script, and takes it in shadow roots only; documents have had it for as long.
function codeMirrorWithoutStyleElements() {
  const asked = "!root.head && root.adoptedStyleSheets";
  return {
    name: "code-mirror-without-style-elements",
    transform(code, id) {
      if (!id.includes("/style-mod/")) return null;
      if (!code.includes(asked)) throw new Error("style-mod changed: look again how it adds its styles");
      return { code: code.replace(asked, "root.adoptedStyleSheets"), map: null };
    },
  };
}

export default defineConfig({
  base: "./",
  logLevel: "warn",
  resolve: { alias: [{ find: /^domify$/, replacement: fileURLToPath(new URL("src/domify.js", import.meta.url)) }] },
  plugins: [codeMirrorWithoutStyleElements()],
  build: {
    outDir: "../static/islands",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    modulePreload: { polyfill: false },
    rollupOptions: { input: "src/base.js" },
  },
});
