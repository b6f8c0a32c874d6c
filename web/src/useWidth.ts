import { useSyncExternalStore } from "react";

export type Width = "narrow" | "medium" | "wide";

const narrow = window.matchMedia("(max-width: 640px)");
const wide = window.matchMedia("(min-width: 1180px)");

function subscribe(changed: () => void): () => void {
  narrow.addEventListener("change", changed);
  wide.addEventListener("change", changed);
  return () => {
    narrow.removeEventListener("change", changed);
    wide.removeEventListener("change", changed);
  };
}

/** Which of the three layouts fits: phone, small window, full desk. */
export function useWidth(): Width {
  return useSyncExternalStore(subscribe, () => (wide.matches ? "wide" : narrow.matches ? "narrow" : "medium"));
}
