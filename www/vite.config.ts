import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { brotliAssets } from "./build/brotli.ts";
import { precacheList } from "./build/precache.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("."),
  base: "/",
  publicDir: false,
  plugins: [precacheList("miniapp", "sw"), brotliAssets()],
  build: {
    outDir: here("dist"),
    emptyOutDir: true,
    target: ["es2022", "safari15.4", "chrome103", "firefox104"],
    // The content security policy has no data: scripts and no inline code; every asset is a file.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: {
      input: {
        dashboard: here("dashboard/index.html"),
        miniapp: here("miniapp/index.html"),
        sw: here("miniapp/sw.ts"),
      },
      output: {
        // A worker's scope is its folder, and its address must not change with its content.
        entryFileNames: (chunk) => (chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
      },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["test/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
