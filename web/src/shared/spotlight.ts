import type { Evidence } from "../protocol.gen";

/** The place in a call that a click on evidence asks for. */
export interface Spotlight {
  readonly utteranceId: string | null;
  readonly start_ms: number;
  /** Counts clicks, so that the same place can be asked for again. */
  readonly serial: number;
}

/** Asks the page to show a place. */
export type Shine = (target: Place) => void;

export type Place = Omit<Spotlight, "serial">;

/** Where evidence begins; what rests on nothing that was said stands where it was decided. */
export function placeOf(evidence: readonly Evidence[], at_ms: number): Place {
  const [first] = evidence;
  return first === undefined
    ? { utteranceId: null, start_ms: at_ms }
    : { utteranceId: first.utterance_id, start_ms: first.start_ms };
}
