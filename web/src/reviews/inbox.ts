/** What waits for the signed-in user: read while anything on the page shows it. */

import { useSyncExternalStore } from "react";

import { readInbox, type Inbox } from "./api";

const EVERY_MS = 60_000;

let inbox: Inbox | null = null;
let timer: ReturnType<typeof setInterval> | undefined;
const readers = new Set<() => void>();

/** Read it anew, as after each step; `failed` is told why it cannot be had. */
export function refreshInbox(failed: (error: unknown) => void = () => undefined): void {
  if (readers.size === 0) return;
  readInbox().then((answer) => {
    // Whoever signed out meanwhile has taken the readers away.
    if (readers.size === 0) return;
    inbox = answer;
    for (const changed of readers) changed();
  }, failed);
}

function subscribe(changed: () => void): () => void {
  readers.add(changed);
  if (readers.size === 1) {
    refreshInbox();
    timer = setInterval(() => {
      refreshInbox();
    }, EVERY_MS);
  }
  return () => {
    readers.delete(changed);
    if (readers.size > 0) return;
    clearInterval(timer);
    inbox = null;
  };
}

/** null: not known yet. */
export function useInbox(): Inbox | null {
  return useSyncExternalStore(subscribe, () => inbox);
}
