/** The server's clock as estimated in the browser. */

import fc from "fast-check";
import { expect, test } from "vitest";

import { observeEnvelope, observeRoundTrip, serverNow, unknownClock } from "../src/serverClock";

test("the browser's clock is trusted before anything arrived", () => {
  expect(serverNow(unknownClock, 1234)).toBe(1234);
});

test("the estimate is off by at most the least delay, whatever is replayed late", () => {
  const anyDelays = fc.array(fc.nat(60_000), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.integer({ min: -86_400_000, max: 86_400_000 }), anyDelays, (offset_ms, delays_ms) => {
      const sent_ms = Date.parse("2026-03-02T09:30:00Z");
      const clock = delays_ms.reduce(
        (known, delay_ms, index) =>
          observeEnvelope(known, new Date(sent_ms + index).toISOString(), sent_ms + index + offset_ms + delay_ms),
        unknownClock,
      );
      const error_ms = sent_ms - serverNow(clock, sent_ms + offset_ms);
      expect(error_ms).toBe(Math.min(...delays_ms));
    }),
    { seed: 3 },
  );
});

test("half the least round trip is taken off the delay", () => {
  let clock = observeEnvelope(unknownClock, "2026-03-02T09:30:00.000Z", Date.parse("2026-03-02T09:30:00.020Z"));
  clock = observeRoundTrip(observeRoundTrip(observeRoundTrip(clock, 90), 40), 70);
  expect(serverNow(clock, Date.parse("2026-03-02T09:30:05.020Z"))).toBe(Date.parse("2026-03-02T09:30:05.020Z"));
});
