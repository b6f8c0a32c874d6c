import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** Where `npm run dev` finds a server: Livecue itself, or the mock (`npm run dev:mock`). */
const server = process.env["LIVECUE_URL"] ?? "http://127.0.0.1:8765";

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../gateway/static",
    emptyOutDir: true,
    target: "es2022",
    // Nothing is inlined, so that the page works under a Content-Security-Policy without data: scripts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1024,
  },
  server: {
    proxy: { "/api": server, "/desk": { target: server, ws: true }, "/softphone/v1": { target: server, ws: true } },
  },
  test: { include: ["tests/**/*.test.{ts,tsx}"], environment: "node" },
});
