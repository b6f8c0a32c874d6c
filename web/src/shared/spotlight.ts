/** The place in a call that a click on evidence asks for. */
export interface Spotlight {
  readonly utteranceId: string | null;
  readonly start_ms: number;
  /** Counts clicks, so that the same place can be asked for again. */
  readonly serial: number;
}

/** Asks the page to show a place. */
export type Shine = (target: Omit<Spotlight, "serial">) => void;
