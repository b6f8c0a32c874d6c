/** Whose turn it is in a drill. */

import { expect, test } from "vitest";

import {
  answered,
  heardTrainee,
  PAUSE_MS,
  played,
  repeated,
  spanOf,
  startDrill,
  TURN_MS,
  turnsOf,
  type DrillLine,
  type DrillState,
} from "../../src/softphone/drill";

const line = (party: DrillLine["party"], start_s: number, text: string): DrillLine => ({
  party,
  start_ms: start_s * 1000,
  end_ms: start_s * 1000 + 900,
  text,
});
const CALL = [
  line("agent", 0, "a1"),
  line("customer", 1, "c1"),
  line("customer", 2, "c2"),
  line("agent", 3, "a2"),
  line("agent", 4, "a3"),
  line("customer", 5, "c3"),
  line("agent", 6, "a4"),
];

function speak(drill: DrillState, duration_ms: number, peak = 0.3): DrillState {
  let heard = drill;
  for (let at_ms = 0; at_ms < duration_ms; at_ms += 40) heard = heardTrainee(heard, peak, 40);
  return heard;
}

const say = (drill: DrillState): DrillState => speak(speak(drill, TURN_MS), PAUSE_MS, 0);

test("a call is cut where the agent speaks after the customer", () => {
  expect(turnsOf(CALL).map(({ before, said }) => [before.length, said.length])).toEqual([
    [1, 2],
    [2, 1],
    [1, 0],
  ]);
});

test("the customer answers when the trainee has spoken and is silent for a while, not earlier", () => {
  const waiting = startDrill(CALL);
  expect(waiting.phase).toBe("yours");
  const speaking = speak(speak(waiting, 3_000), PAUSE_MS - 40, 0);
  expect(speaking.phase).toBe("yours");
  expect(speak(speaking, 40, 0)).toMatchObject({ phase: "playing", index: 0, serial: 1 });
});

test("a knock is no turn, and silence alone is waited for", () => {
  const knocked = speak(speak(startDrill(CALL), 80), PAUSE_MS * 3, 0);
  expect(knocked).toMatchObject({ phase: "yours", spoke_ms: 0 });
  expect(speak(startDrill(CALL), 60_000, 0).phase).toBe("yours");
});

test("it goes through every turn and ends after the agent's last words", () => {
  let drill = startDrill(CALL);
  for (const index of [0, 1]) {
    drill = say(drill);
    expect(drill).toMatchObject({ phase: "playing", index });
    drill = played(drill);
  }
  expect(drill).toMatchObject({ phase: "yours", index: 2 });
  expect(say(drill).phase).toBe("done");
});

test("the customer speaks first where nobody spoke before", () => {
  expect(startDrill(CALL.slice(1))).toMatchObject({ phase: "playing", index: 0 });
});

test("the customer can be asked to speak now, and again", () => {
  const playing = answered(startDrill(CALL));
  expect(playing.phase).toBe("playing");
  expect(heardTrainee(playing, 1, 40)).toBe(playing);
  const again = repeated(played(playing));
  expect(again).toMatchObject({ phase: "playing", index: 0, serial: 2 });
  expect(repeated(startDrill(CALL)).phase).toBe("yours");
});

test("a turn of the customer is played from its first word to its last", () => {
  const [turn] = turnsOf(CALL);
  expect(turn && spanOf(turn)).toEqual({ start_ms: 940, end_ms: 3020 });
});
