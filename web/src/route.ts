/** Which page of the app the address names. */

import { useMemo, useSyncExternalStore } from "react";

export type Route =
  | { readonly page: "desk" }
  | {
      readonly page: "archive";
      /** The question, as the query of the address. */
      readonly asked: string;
    }
  | { readonly page: "experiments" }
  | { readonly page: "records" }
  | {
      readonly page: "reports";
      /** The question, as the query of the address. */
      readonly asked: string;
    }
  | {
      readonly page: "call";
      readonly callId: string;
      /** The position that it opens at, in milliseconds. */
      readonly at_ms?: number;
      /** The flag at whose evidence it opens. */
      readonly flagId?: string;
      /** The review that is opened beside it. */
      readonly reviewId?: string;
    }
  | {
      readonly page: "reviews";
      readonly part: ReviewPart;
      /** What is asked of the part, as the query of the address. */
      readonly asked: string;
    }
  | {
      readonly page: "softphone";
      /** The stored call that is practised. */
      readonly callId?: string;
    }
  | { readonly page: "playbooks" }
  | { readonly page: "playbook"; readonly name: string };

const REVIEW_PARTS = ["inbox", "queue", "draws", "calibrations", "rules"] as const;
type ReviewPart = (typeof REVIEW_PARTS)[number];

const ARCHIVE = "/archive";
const REVIEWS = "/reviews";
const PLAYBOOKS = "/playbooks";
const EXPERIMENTS = "/experiments";
const REPORTS = "/reports";
const RECORDS = "/records";
const SOFTPHONE = "/softphone";

/** Of an address within the app, with what is asked of the page; unknown addresses are the desk's. */
export function routeOf(address: string): Route {
  const { pathname: path, searchParams } = new URL(address, window.location.origin);
  if (path === ARCHIVE || path === `${ARCHIVE}/`) return { page: "archive", asked: searchParams.toString() };
  if (path === PLAYBOOKS || path === `${PLAYBOOKS}/`) return { page: "playbooks" };
  if (path === RECORDS || path === `${RECORDS}/`) return { page: "records" };
  if (path === EXPERIMENTS || path === `${EXPERIMENTS}/`) return { page: "experiments" };
  if (path === REPORTS || path === `${REPORTS}/`) return { page: "reports", asked: searchParams.toString() };
  if (path === REVIEWS || path.startsWith(`${REVIEWS}/`)) {
    const part = REVIEW_PARTS.find((one) => path === `${REVIEWS}/${one}`) ?? "inbox";
    return { page: "reviews", part, asked: searchParams.toString() };
  }
  if (path === SOFTPHONE || path === `${SOFTPHONE}/`) {
    const callId = searchParams.get("call");
    return { page: "softphone", ...(callId !== null && { callId }) };
  }
  const [, callId] = /^\/calls\/([A-Za-z0-9][A-Za-z0-9._-]{0,63})$/.exec(path) ?? [];
  if (callId !== undefined) return callRoute(callId, searchParams);
  const [, name] = /^\/playbooks\/([a-z][a-z0-9_-]*)$/.exec(path) ?? [];
  return name === undefined ? { page: "desk" } : { page: "playbook", name };
}

function callRoute(callId: string, asked: URLSearchParams): Route {
  const [at, flagId, reviewId] = [asked.get("at"), asked.get("flag"), asked.get("review")];
  return {
    page: "call",
    callId,
    ...(at !== null && /^\d{1,10}$/.test(at) && { at_ms: Number(at) }),
    ...(flagId !== null && { flagId }),
    ...(reviewId !== null && { reviewId }),
  };
}

export function pathOf(route: Route): string {
  switch (route.page) {
    case "desk":
      return "/";
    case "archive":
      return route.asked === "" ? ARCHIVE : `${ARCHIVE}?${route.asked}`;
    case "experiments":
      return EXPERIMENTS;
    case "records":
      return RECORDS;
    case "reports":
      return route.asked === "" ? REPORTS : `${REPORTS}?${route.asked}`;
    case "call": {
      const { callId, at_ms, flagId, reviewId } = route;
      const asked = new URLSearchParams({
        ...(reviewId !== undefined && { review: reviewId }),
        ...(flagId !== undefined && { flag: flagId }),
        ...(at_ms !== undefined && { at: String(at_ms) }),
      });
      return `/calls/${callId}${asked.size > 0 ? `?${asked.toString()}` : ""}`;
    }
    case "reviews": {
      const path = route.part === "inbox" ? REVIEWS : `${REVIEWS}/${route.part}`;
      return route.asked === "" ? path : `${path}?${route.asked}`;
    }
    case "softphone":
      return route.callId === undefined ? SOFTPHONE : `${SOFTPHONE}?call=${encodeURIComponent(route.callId)}`;
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
  const address = useSyncExternalStore(subscribe, () => `${window.location.pathname}${window.location.search}`);
  return useMemo(() => routeOf(address), [address]);
}
