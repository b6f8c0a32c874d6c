/** Sound that waits, is sent again after a drop, or is given up: nothing twice, nothing silently missing. */

import fc from "fast-check";
import { expect, test } from "vitest";

import { SoundBuffer } from "../../src/softphone/soundBuffer";

const BYTES_PER_MS = 4;

function sound(duration_ms: number, value = 1): Uint8Array<ArrayBuffer> {
  return new Uint8Array(duration_ms * BYTES_PER_MS).fill(value);
}

/** Everything that is to be sent now, told shortly. */
function drained(buffer: SoundBuffer): string[] {
  const told: string[] = [];
  for (let piece = buffer.take(); piece !== null; piece = buffer.take()) {
    told.push(piece.kind === "sound" ? `sound ${piece.bytes.length}` : `${piece.cause} ${piece.ms}`);
  }
  return told;
}

test("sound and gaps are sent once, in their order", () => {
  const buffer = new SoundBuffer(BYTES_PER_MS, 1000);
  buffer.pushSound(sound(40));
  buffer.pushGap(500, "paused");
  buffer.pushSound(sound(20));
  expect(drained(buffer)).toEqual(["sound 160", "paused 500", "sound 80"]);
  expect(buffer.isEmpty).toBe(true);
});

test("what has not arrived is sent again on a new connection, from the byte on that the server names", () => {
  const buffer = new SoundBuffer(BYTES_PER_MS, 1000);
  for (let index = 0; index < 3; index += 1) buffer.pushSound(sound(40));
  buffer.take();
  buffer.take();
  buffer.resume(160 + 60);
  expect(drained(buffer)).toEqual(["sound 100", "sound 160"]);
});

test("while nothing can be sent the oldest sound is given up and declared in its place", () => {
  const buffer = new SoundBuffer(BYTES_PER_MS, 100);
  for (let index = 0; index < 5; index += 1) buffer.pushSound(sound(40));
  expect(drained(buffer)).toEqual(["lost 120", "sound 160", "sound 160"]);
  expect(buffer.lost_ms).toBe(120);
});

test("sound that was sent and then given up is only declared lost if it did not arrive", () => {
  const arrived = new SoundBuffer(BYTES_PER_MS, 100);
  const lost = new SoundBuffer(BYTES_PER_MS, 100);
  for (const buffer of [arrived, lost]) {
    buffer.pushSound(sound(40));
    buffer.take();
    buffer.pushSound(sound(40));
    buffer.pushSound(sound(40));
  }
  arrived.resume(160);
  lost.resume(0);
  expect(drained(arrived)).toEqual(["sound 160", "sound 160"]);
  expect(drained(lost)).toEqual(["lost 40", "sound 160", "sound 160"]);
});

test("a gap longer than one message may declare is declared in several", () => {
  const buffer = new SoundBuffer(BYTES_PER_MS, 100);
  buffer.pushGap(3_600_000 + 5, "paused");
  expect(drained(buffer)).toEqual(["paused 3600000", "paused 5"]);
});

test("whatever happens, the server's clock ends where the sound ended, and no byte comes twice", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("speak" as const), frames: fc.integer({ min: 1, max: 6 }) }),
    fc.record({ kind: fc.constant("send" as const), pieces: fc.integer({ min: 1, max: 8 }) }),
    fc.record({ kind: fc.constant("ack" as const) }),
    fc.record({ kind: fc.constant("drop" as const), lost: fc.integer({ min: 0, max: 4 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const buffer = new SoundBuffer(BYTES_PER_MS, 200);
      let [spoken_ms, serial] = [0, 0];
      // What the server has, and what is on its way on this connection.
      const received: number[] = [];
      let [clock_ms, bytes] = [0, 0];
      let onWay: NonNullable<ReturnType<SoundBuffer["take"]>>[] = [];
      const deliver = (count: number): void => {
        for (const piece of onWay.splice(0, count)) {
          if (piece.kind === "gap") clock_ms += piece.ms;
          else {
            received.push(...piece.bytes.filter((_, index) => index % (40 * BYTES_PER_MS) === 0));
            bytes += piece.bytes.length;
            clock_ms += piece.bytes.length / BYTES_PER_MS;
          }
        }
      };
      const send = (count: number): void => {
        for (let piece = count > 0 ? buffer.take() : null; piece !== null; piece = --count > 0 ? buffer.take() : null)
          onWay.push(piece);
      };
      for (const one of steps) {
        if (one.kind === "speak") {
          for (let index = 0; index < one.frames; index += 1) {
            buffer.pushSound(sound(40, ++serial % 251));
            spoken_ms += 40;
          }
        }
        if (one.kind === "send") send(one.pieces);
        if (one.kind === "ack") {
          deliver(onWay.length);
          buffer.arrived(bytes);
        }
        if (one.kind === "drop") {
          // A gap is known to have arrived by the sound after it; one that was the last thing sent may be lost.
          let kept = Math.max(0, onWay.length - one.lost);
          while (onWay[kept]?.kind === "gap") kept += 1;
          deliver(kept);
          onWay = [];
          buffer.resume(bytes);
        }
      }
      send(Infinity);
      deliver(onWay.length);
      expect(clock_ms).toBe(spoken_ms);
      expect(new Set(received).size).toBe(received.length);
    }),
    { seed: 7 },
  );
});
