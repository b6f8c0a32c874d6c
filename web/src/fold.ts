/**
 * What a desk shows of a call: the same pure fold as `assist/view`, continued in the browser from a snapshot.
 *
 * Both folds are tested against the golden logs in tests/fixtures/logs. The order of object spreads mirrors the Python
 * code on purpose: change both together.
 */

import { updated, withCourse, withOutcome, withPrompt } from "./foldPrompts";
import { withCorrection, withNote } from "./foldRemarks";
import type {
  ActSignal,
  CallDegraded,
  CallEvent,
  CallView,
  Customer,
  CustomerHistory,
  EmotionSignal,
  EntitySignal,
  Envelope,
  Feeling,
  Flag,
  IntentSignal,
  Line,
  LineEntity,
  NotificationCard,
  NotificationPushed,
  PartialTranscript,
  Party,
  PromiseSettled,
  RoleSignal,
  Utterance,
} from "./protocol.gen";

/** More than an hour of quick turns; beyond it the earliest are forgotten, as in the Python fold. */
export const FEELINGS_KEPT = 2000;

type Meaning = IntentSignal | ActSignal | EntitySignal | RoleSignal;

/** The view of a call of which nothing is known yet. */
export function emptyView(callId: string): CallView {
  return {
    call_id: callId,
    seq: 0,
    status: "opening",
    opened_at: null,
    position_ms: 0,
    source: "",
    direction: "inbound",
    external_id: null,
    legs: [],
    agent: null,
    customer: null,
    profile: null,
    tags: [],
    history: null,
    repeat: null,
    playbook: "",
    recogniser: "",
    connection: "attached",
    speaking: [],
    lines: [],
    feelings: [],
    needs: [],
    held_back: null,
    limits: [],
    prompts: [],
    flags: [],
    notifications: [],
    gaps: [],
    degraded: [],
    exchanged: [],
    closed: null,
    wrap_up: null,
    confirmed: null,
    pushed: null,
    corrected: [],
    notes: [],
  };
}

/** The view after one more envelope; envelopes already folded in are ignored. */
export function fold(view: CallView, envelope: Envelope): CallView {
  if (envelope.seq <= view.seq) return view;
  return { ...view, ...changes(view, envelope.event, envelope.at), seq: envelope.seq };
}

function changes(view: CallView, event: CallEvent, at: string): Partial<CallView> {
  switch (event.type) {
    case "call-opened": {
      const { source, direction, external_id, legs, agent, customer, playbook, recogniser } = event;
      return {
        status: "live",
        opened_at: at,
        source,
        direction,
        external_id,
        legs,
        agent,
        customer,
        playbook,
        recogniser,
      };
    }
    case "call-updated":
      return {
        ...(isAnother(event.customer, view.customer) ? { profile: null, tags: [], history: null, repeat: null } : {}),
        agent: event.agent ?? view.agent,
        customer: event.customer ?? view.customer,
        connection: event.connection ?? view.connection,
        position_ms: Math.max(view.position_ms, event.at_ms),
      };
    case "customer-looked-up":
      return { profile: event };
    case "customer-tagged":
      return { tags: event.tags };
    case "customer-history":
      return { history: event };
    case "call-repeated":
      return { repeat: event };
    case "promise-settled":
      return { history: withoutPromise(view.history, event) };
    case "call-degraded":
      return { degraded: withDegraded(view.degraded, event) };
    case "legs-exchanged":
      return { exchanged: [...view.exchanged, event] };
    case "call-closed":
      return {
        status: "closed",
        closed: event,
        speaking: [],
        position_ms: Math.max(view.position_ms, event.at_ms),
        lines: view.lines.filter((line) => line.final),
        feelings: withoutBrokenOff(view),
      };
    case "audio-gap":
      return { gaps: [...view.gaps, event] };
    case "speech-started":
      return { speaking: [...without(view.speaking, event.party), event.party] };
    case "partial-transcript":
      return {
        lines: withLine(view.lines, partialLine(event)),
        position_ms: Math.max(view.position_ms, event.end_ms),
      };
    case "utterance":
      return {
        lines: withLine(view.lines, finalLine(event)),
        feelings: withoutFeeling(view.feelings, event.utterance_id),
        speaking: without(view.speaking, event.party),
        position_ms: Math.max(view.position_ms, event.decided_ms),
      };
    case "utterance-dropped":
      return {
        lines: view.lines.filter((line) => line.utterance_id !== event.utterance_id),
        feelings: withoutFeeling(view.feelings, event.utterance_id),
        speaking: without(view.speaking, event.party),
        position_ms: Math.max(view.position_ms, event.decided_ms),
      };
    case "intent-signal":
    case "act-signal":
    case "entity-signal":
    case "role-signal":
      return { lines: withMeaning(view.lines, event) };
    case "emotion-signal":
      return { feelings: withFeeling(view, event) };
    case "need-heard":
      return { needs: [...view.needs, event] };
    case "prompt":
      if (event.arm !== "shown") return {};
      return { prompts: withPrompt(view.prompts, event), held_back: event.kind === "offer" ? null : view.held_back };
    case "prompt-left-out":
      return event.kind === "offer" ? { held_back: event } : {};
    case "prompts-limited":
      return { limits: event.limits };
    case "offer-held-back":
      if (!event.is_lifted) return { held_back: event };
      return view.held_back?.type === "offer-held-back" ? { held_back: null } : {};
    case "prompt-updated":
      return { prompts: view.prompts.map((card) => updated(card, event)) };
    case "prompt-outcome":
      return { prompts: view.prompts.map((card) => withOutcome(card, event)) };
    case "cue-heard":
    case "reaction":
    case "result":
      return { prompts: view.prompts.map((card) => withCourse(card, event)) };
    case "wrap-up":
      return { wrap_up: event };
    case "wrap-up-confirmed":
      return { confirmed: event, pushed: null };
    case "wrap-up-pushed":
      return { pushed: event };
    case "line-corrected":
      return { corrected: withCorrection(view, event, at) };
    case "note-left":
      return { notes: withNote(view.notes, event, at) };
    case "note-removed":
      return { notes: view.notes.filter((note) => note.note_id !== event.note_id) };
    case "notification":
      return { notifications: [...view.notifications, { notification: event, pushed: null }] };
    case "notification-pushed":
      return { notifications: view.notifications.map((card) => withPush(card, event)) };
    case "flag":
      return { flags: withFlag(view.flags, event) };
    default:
      return {};
  }
}

function withPush(card: NotificationCard, pushed: NotificationPushed): NotificationCard {
  return card.notification.notification_id === pushed.notification_id ? { ...card, pushed } : card;
}

function isAnother(customer: Customer | null, known: Customer | null): boolean {
  return customer !== null && known !== null && customer.customer_id !== known.customer_id;
}

function withoutPromise(history: CustomerHistory | null, settled: PromiseSettled): CustomerHistory | null {
  if (history === null) return null;
  const promises = history.promises.filter(
    (one) => one.call_id !== settled.call_id || one.promise.promise_id !== settled.promise_id,
  );
  return { ...history, promises };
}

function without(parties: readonly Party[], party: Party): readonly Party[] {
  return parties.filter((other) => other !== party);
}

function withDegraded(degraded: readonly CallDegraded[], event: CallDegraded): readonly CallDegraded[] {
  const others = degraded.filter(
    (other) => other.part !== event.part || other.code !== event.code || other.party !== event.party,
  );
  return event.restored ? others : [...others, event];
}

function partialLine(event: PartialTranscript): Line {
  const { utterance_id, party, text, stable_chars, revision, start_ms, end_ms } = event;
  return {
    ...{ utterance_id, party, text, stable_chars, final: false, revision, start_ms, end_ms },
    ...{ confidence: null, words: [], guards: [], display_text: null, rewrites: [], corrections: [] },
    ...{ intents: [], acts: [], entities: [], role: null },
  };
}

function finalLine(event: Utterance): Line {
  const { utterance_id, party, text, start_ms, end_ms, confidence, words, guards } = event;
  const { display_text, rewrites, corrections } = event;
  const stable_chars = Array.from(text).length;
  return {
    ...{ utterance_id, party, text, stable_chars, final: true, revision: 0, start_ms, end_ms },
    ...{ confidence, words, guards, display_text, rewrites, corrections },
    ...{ intents: [], acts: [], entities: [], role: null },
  };
}

/**
 * Replace the utterance's line, or insert it by start; a partial never replaces a newer revision or a final.
 *
 * What was understood early stays while the line runs and is withdrawn by the final, whose own signals follow.
 */
function withLine(lines: readonly Line[], line: Line): readonly Line[] {
  const index = lines.findIndex((old) => old.utterance_id === line.utterance_id);
  const old = lines[index];
  if (old !== undefined) {
    if (line.final) return lines.with(index, line);
    if (old.final || old.revision >= line.revision) return lines;
    const { intents, acts, entities } = old;
    return lines.with(index, { ...line, intents, acts, entities });
  }
  const place = lines.findLastIndex((other) => other.start_ms <= line.start_ms) + 1;
  return lines.toSpliced(place, 0, line);
}

/** The line of which a signal says something: an early one comes too late for a final line. */
function placeOf(lines: readonly Line[], event: Meaning | EmotionSignal): number {
  return lines.findLastIndex((line) => line.utterance_id === event.utterance_id && !(event.from_partial && line.final));
}

function withMeaning(lines: readonly Line[], event: Meaning): readonly Line[] {
  const index = placeOf(lines, event);
  const line = lines[index];
  if (line === undefined) return lines;
  switch (event.type) {
    case "intent-signal":
      return lines.with(index, { ...line, intents: withIntent(line.intents, event) });
    case "act-signal":
      return lines.with(index, { ...line, acts: withAct(line.acts, event) });
    case "entity-signal":
      return lines.with(index, { ...line, entities: withEntity(line.entities, event) });
    case "role-signal": {
      if (line.party !== "mixed") return lines;
      const party = event.label === "agent" ? "agent" : "customer";
      const by_voice = event.heard_in.includes("voice");
      return lines.with(index, { ...line, role: { party, score: event.score, by_voice } });
    }
  }
}

/** A primary intent goes first; an early one starts anew, for the words have gone on since the ones before. */
function withIntent(intents: readonly string[], event: IntentSignal): readonly string[] {
  const { label, is_primary, from_partial } = event;
  if (!is_primary) return intents.includes(label) ? intents : [...intents, label];
  return [label, ...(from_partial ? [] : intents.filter((other) => other !== label))];
}

/** An early one takes the place of those before, as for intents. */
function withAct(acts: readonly string[], { label, from_partial }: ActSignal): readonly string[] {
  if (from_partial) return [label];
  return acts.includes(label) ? acts : [...acts, label];
}

/** The newer of two that overlap stays; one without a place in the text cannot be shown. */
function withEntity(entities: readonly LineEntity[], event: EntitySignal): readonly LineEntity[] {
  const { label, value, span } = event;
  if (span === null) return entities;
  const before = entities.filter((entity) => entity.span[1] <= span[0]);
  const after = entities.filter((entity) => entity.span[0] >= span[1]);
  return [...before, { label, value, span }, ...after];
}

function withFeeling(view: CallView, event: EmotionSignal): readonly Feeling[] {
  if (placeOf(view.lines, event) < 0) return view.feelings;
  const { utterance_id, party, start_ms: at_ms, label, intensity, valence, trend, heard_in, evidence } = event;
  const feeling: Feeling = { utterance_id, party, at_ms, label, intensity, valence, trend, heard_in, evidence };
  return [...withoutFeeling(view.feelings, utterance_id), feeling].slice(-FEELINGS_KEPT);
}

/** The same array where nothing is taken away, so that what is drawn of it stays as it is. */
function withoutFeeling(feelings: readonly Feeling[], utteranceId: string): readonly Feeling[] {
  const isThere = feelings.some((felt) => felt.utterance_id === utteranceId);
  return isThere ? feelings.filter((felt) => felt.utterance_id !== utteranceId) : feelings;
}

function withoutBrokenOff({ lines, feelings }: CallView): readonly Feeling[] {
  const brokenOff = new Set(lines.filter((line) => !line.final).map((line) => line.utterance_id));
  return feelings.filter((felt) => !brokenOff.has(felt.utterance_id));
}

function withFlag(flags: readonly Flag[], flag: Flag): readonly Flag[] {
  const index = flags.findIndex((other) => other.flag_id === flag.flag_id);
  return index < 0 ? [...flags, flag] : flags.with(index, flag);
}
