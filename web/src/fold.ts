/**
 * What a desk shows of a call: the same pure fold as `assist/view.py`, continued in the browser from a snapshot.
 *
 * Both folds are tested against the golden logs in tests/fixtures/logs. The order of object spreads mirrors the Python
 * code on purpose: change both together.
 */

import type {
  CallDegraded,
  CallEvent,
  CallView,
  Envelope,
  Flag,
  Line,
  PartialTranscript,
  Party,
  PromptCard,
  PromptOutcome,
  PromptUpdated,
  Utterance,
} from "./protocol.gen";

/** The view of a call of which nothing is known yet. */
export function emptyView(callId: string): CallView {
  return {
    call_id: callId,
    seq: 0,
    status: "opening",
    opened_at: null,
    position_ms: 0,
    source: "",
    external_id: null,
    legs: [],
    agent: null,
    customer: null,
    playbook: "",
    recogniser: "",
    connection: "attached",
    speaking: [],
    lines: [],
    prompts: [],
    flags: [],
    gaps: [],
    degraded: [],
    closed: null,
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
      const { source, external_id, legs, agent, customer, playbook, recogniser } = event;
      return { status: "live", opened_at: at, source, external_id, legs, agent, customer, playbook, recogniser };
    }
    case "call-updated":
      return {
        agent: event.agent ?? view.agent,
        customer: event.customer ?? view.customer,
        connection: event.connection ?? view.connection,
        position_ms: Math.max(view.position_ms, event.at_ms),
      };
    case "call-degraded":
      return { degraded: withDegraded(view.degraded, event) };
    case "call-closed":
      return {
        status: "closed",
        closed: event,
        speaking: [],
        position_ms: Math.max(view.position_ms, event.at_ms),
        lines: view.lines.filter((line) => line.final),
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
        speaking: without(view.speaking, event.party),
        position_ms: Math.max(view.position_ms, event.decided_ms),
      };
    case "utterance-dropped":
      return {
        lines: view.lines.filter((line) => line.utterance_id !== event.utterance_id),
        speaking: without(view.speaking, event.party),
        position_ms: Math.max(view.position_ms, event.decided_ms),
      };
    case "prompt":
      return event.arm === "shown" ? { prompts: [...view.prompts, newCard(event)] } : {};
    case "prompt-updated":
      return { prompts: view.prompts.map((card) => updated(card, event)) };
    case "prompt-outcome":
      return { prompts: view.prompts.map((card) => withOutcome(card, event)) };
    case "flag":
      return { flags: withFlag(view.flags, event) };
    default:
      return {};
  }
}

function without(parties: readonly Party[], party: Party): readonly Party[] {
  return parties.filter((other) => other !== party);
}

function withDegraded(degraded: readonly CallDegraded[], event: CallDegraded): readonly CallDegraded[] {
  const others = degraded.filter((other) => other.part !== event.part || other.party !== event.party);
  return event.restored ? others : [...others, event];
}

function partialLine(event: PartialTranscript): Line {
  const { utterance_id, party, text, stable_chars, revision, start_ms, end_ms } = event;
  return {
    ...{ utterance_id, party, text, stable_chars, final: false, revision, start_ms, end_ms },
    ...{ confidence: null, words: [], guards: [], display_text: null, rewrites: [], corrections: [] },
  };
}

function finalLine(event: Utterance): Line {
  const { utterance_id, party, text, start_ms, end_ms, confidence, words, guards } = event;
  const { display_text, rewrites, corrections } = event;
  const stable_chars = Array.from(text).length;
  return {
    ...{ utterance_id, party, text, stable_chars, final: true, revision: 0, start_ms, end_ms },
    ...{ confidence, words, guards, display_text, rewrites, corrections },
  };
}

/** Replace the utterance's line, or insert it by start; a partial never replaces a newer revision or a final. */
function withLine(lines: readonly Line[], line: Line): readonly Line[] {
  const index = lines.findIndex((old) => old.utterance_id === line.utterance_id);
  const old = lines[index];
  if (old !== undefined) {
    if (!line.final && (old.final || old.revision >= line.revision)) return lines;
    return lines.with(index, line);
  }
  const place = lines.findLastIndex((other) => other.start_ms <= line.start_ms) + 1;
  return lines.toSpliced(place, 0, line);
}

function newCard(prompt: PromptCard["prompt"]): PromptCard {
  return { prompt, state: "active", shown_after_ms: null, acted_by: "" };
}

function updated(card: PromptCard, event: PromptUpdated): PromptCard {
  if (card.prompt.prompt_id !== event.prompt_id || card.state !== "active") return card;
  return { ...card, state: event.state };
}

function withOutcome(card: PromptCard, event: PromptOutcome): PromptCard {
  if (card.prompt.prompt_id !== event.prompt_id) return card;
  switch (event.outcome) {
    case "shown":
      return card.shown_after_ms === null ? { ...card, shown_after_ms: event.shown_after_ms } : card;
    case "accepted":
    case "dismissed":
      return { ...card, state: event.outcome, acted_by: event.by };
    default:
      return card;
  }
}

function withFlag(flags: readonly Flag[], flag: Flag): readonly Flag[] {
  const index = flags.findIndex((other) => other.flag_id === flag.flag_id);
  return index < 0 ? [...flags, flag] : flags.with(index, flag);
}
