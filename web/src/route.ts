/** Which page of the app the address names. */

import { useSyncExternalStore } from "react";

export type Route =
  | { readonly page: "desk" }
  | { readonly page: "experiments" }
  | { readonly page: "playbooks" }
  | { readonly page: "playbook"; readonly name: string };

const PLAYBOOKS = "/playbooks";
const EXPERIMENTS = "/experiments";

/** Unknown addresses are the desk's. */
export function routeOf(path: string): Route {
  if (path === PLAYBOOKS || path === `${PLAYBOOKS}/`) return { page: "playbooks" };
  if (path === EXPERIMENTS || path === `${EXPERIMENTS}/`) return { page: "experiments" };
  const [, name] = /^\/playbooks\/([a-z][a-z0-9_-]*)$/.exec(path) ?? [];
  return name === undefined ? { page: "desk" } : { page: "playbook", name };
}

export function pathOf(route: Route): string {
  switch (route.page) {
    case "desk":
      return "/";
    case "experiments":
      return EXPERIMENTS;
    case "playbooks":
      return PLAYBOOKS;
    case "playbook":
      return `${PLAYBOOKS}/${route.name}`;
  }
}

/** Asked before the address changes; false keeps the page. */
type Guard = () => boolean;
let guard: Guard | null = null;
const readers = new Set<() => void>();

/** Let a page with unsaved work ask before it is left; the answer takes the guard away. */
export function guardLeaving(ask: Guard): () => void {
  guard = ask;
  return () => {
    if (guard === ask) guard = null;
  };
}

/** Show another page of the app. */
export function goTo(route: Route): void {
  if (guard !== null && !guard()) return;
  history.pushState(null, "", pathOf(route));
  for (const changed of readers) changed();
}

function subscribe(changed: () => void): () => void {
  readers.add(changed);
  window.addEventListener("popstate", changed);
  return () => {
    readers.delete(changed);
    window.removeEventListener("popstate", changed);
  };
}

export function useRoute(): Route {
  return routeOf(useSyncExternalStore(subscribe, () => window.location.pathname));
}
