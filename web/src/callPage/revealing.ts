/** A stored call as it was said, for those who may look behind its masks; every look goes on record. */

import { request } from "../api";
import { emptyView, fold } from "../fold";
import type { CallView, Envelope } from "../protocol.gen";

interface EventPage {
  readonly envelopes: readonly Envelope[];
  readonly next: number | null;
}

const PAGE = 5000;
/** Bounds of one look (docs/protocol.md). */
const MOST_EVENTS = 1000;
const FURTHEST = 5000;

/** What people read on the page; signals are for rules. */
const READ: ReadonlySet<string> = new Set([
  ...[
    "call-opened",
    "call-updated",
    "customer-looked-up",
    "utterance",
    "line-corrected",
    "note-left",
    "flag",
    "prompt",
  ],
  ...["wrap-up", "wrap-up-confirmed"],
]);

export async function revealedView(callId: string, reason: string): Promise<CallView> {
  const log = await eventsOf(callId);
  const wanted = log.filter(({ event }) => READ.has(event.type)).map(({ seq }) => seq);
  const original = new Map<number, Envelope>();
  for (const seqs of looksOf(wanted)) {
    const { envelopes } = await request<EventPage>("POST", pathOf(callId, "reveal"), { seqs, reason });
    for (const envelope of envelopes) original.set(envelope.seq, envelope);
  }
  return log.map((envelope) => original.get(envelope.seq) ?? envelope).reduce(fold, emptyView(callId));
}

/** Events that one look may take together. */
export function looksOf(seqs: readonly number[]): readonly (readonly number[])[] {
  const looks: number[][] = [];
  for (const seq of seqs) {
    const last = looks.at(-1);
    if (last !== undefined && last.length < MOST_EVENTS && seq < (last[0] ?? 0) + FURTHEST) last.push(seq);
    else looks.push([seq]);
  }
  return looks;
}

async function eventsOf(callId: string): Promise<readonly Envelope[]> {
  const log: Envelope[] = [];
  for (let after: number | null = 0; after !== null;) {
    const asked: string = pathOf(callId, `events?after=${after}&limit=${PAGE}`);
    const page: EventPage = await request<EventPage>("GET", asked);
    log.push(...page.envelopes);
    after = page.next;
  }
  return log;
}

function pathOf(callId: string, part: string): string {
  return `/calls/${encodeURIComponent(callId)}/${part}`;
}
