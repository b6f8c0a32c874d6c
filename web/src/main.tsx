import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./App";
import { startTexts } from "./i18n";
import "./global.css";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
await startTexts();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
