/** A drill as a pure fold: whose turn it is, heard from how loud the trainee speaks. */

import type { Party } from "./nativeMessages";

export interface DrillLine {
  readonly party: Party;
  readonly start_ms: number;
  readonly end_ms: number;
  readonly text: string;
}

/** What the agent said then, and what the customer said to it. */
export interface DrillTurn {
  /** Lines of the agent, as they were said in the call that is practised. */
  readonly before: readonly DrillLine[];
  /** Lines of the customer that are played; none after the last ones of the agent. */
  readonly said: readonly DrillLine[];
}

export interface DrillState {
  readonly turns: readonly DrillTurn[];
  readonly index: number;
  /** yours: the trainee's turn. playing: the customer speaks. done: nothing more comes. */
  readonly phase: "yours" | "playing" | "done";
  /** Counts what is played, so that the same turn can be heard again. */
  readonly serial: number;
  readonly spoke_ms: number;
  readonly silent_ms: number;
}

/** From this peak on (0 to 1) somebody speaks: about 30 dB below the loudest. */
export const SPEECH_PEAK = 0.03;
/** So much speech is a turn, and so much silence after it ends it. */
export const TURN_MS = 500;
export const PAUSE_MS = 1_400;

export function startDrill(lines: readonly DrillLine[]): DrillState {
  return entered({ turns: turnsOf(lines), index: -1, phase: "yours", serial: 0, spoke_ms: 0, silent_ms: 0 }, 0);
}

/** Lines in their order, cut before the agent speaks again. */
export function turnsOf(lines: readonly DrillLine[]): readonly DrillTurn[] {
  const turns: { before: DrillLine[]; said: DrillLine[] }[] = [];
  for (const line of [...lines].sort((a, b) => a.start_ms - b.start_ms)) {
    let turn = turns.at(-1);
    if (turn === undefined || (line.party === "agent" && turn.said.length > 0)) {
      turn = { before: [], said: [] };
      turns.push(turn);
    }
    (line.party === "agent" ? turn.before : turn.said).push(line);
  }
  return turns;
}

/** The trainee was heard for a frame. */
export function heardTrainee(drill: DrillState, peak: number, frame_ms: number): DrillState {
  if (drill.phase !== "yours") return drill;
  if (peak >= SPEECH_PEAK) return { ...drill, spoke_ms: drill.spoke_ms + frame_ms, silent_ms: 0 };
  if (drill.spoke_ms === 0) return drill;
  const silent_ms = drill.silent_ms + frame_ms;
  // A knock on the table is no turn.
  if (drill.spoke_ms < TURN_MS) return silent_ms < PAUSE_MS ? { ...drill, silent_ms } : { ...drill, ...NOTHING };
  return silent_ms < PAUSE_MS ? { ...drill, silent_ms } : answered(drill);
}

/** The customer speaks now, whatever the trainee has said. */
export function answered(drill: DrillState): DrillState {
  const turn = drill.turns[drill.index];
  if (drill.phase !== "yours" || turn === undefined) return drill;
  if (turn.said.length === 0) return entered(drill, drill.index + 1);
  return { ...drill, ...NOTHING, phase: "playing", serial: drill.serial + 1 };
}

/** The customer has spoken. */
export function played(drill: DrillState): DrillState {
  return drill.phase === "playing" ? entered(drill, drill.index + 1) : drill;
}

/** The customer says the last turn again. */
export function repeated(drill: DrillState): DrillState {
  const index = drill.phase === "playing" ? drill.index : drill.index - 1;
  if ((drill.turns[index]?.said.length ?? 0) === 0) return drill;
  return { ...drill, ...NOTHING, index, phase: "playing", serial: drill.serial + 1 };
}

const NOTHING = { spoke_ms: 0, silent_ms: 0 } as const;

/** A turn begins: with the trainee, or at once with a customer whom nobody spoke to. */
function entered(drill: DrillState, index: number): DrillState {
  const turn = drill.turns[index];
  const next = { ...drill, ...NOTHING, index };
  if (turn === undefined) return { ...next, phase: "done" };
  if (turn.before.length === 0) return { ...next, phase: "playing", serial: drill.serial + 1 };
  return { ...next, phase: "yours" };
}

/** Where in the recording the customer's turn is. */
export function spanOf(turn: DrillTurn): { readonly start_ms: number; readonly end_ms: number } | null {
  const [first] = turn.said;
  if (first === undefined) return null;
  return {
    start_ms: Math.max(0, first.start_ms - 60),
    end_ms: Math.max(...turn.said.map(({ end_ms }) => end_ms)) + 120,
  };
}
