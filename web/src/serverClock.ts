/**
 * Estimates the server's wall clock from what arrives anyway.
 *
 * A live envelope received at browser time r and logged at server time s gives r - s = offset + delay; the least of
 * these over a connection has the least delay, which half the least round trip of ping and pong approximates. Events
 * replayed after a reconnect only give larger values and are ignored by the minimum.
 */

export interface ServerClock {
  readonly leastLag_ms: number | null;
  readonly leastRoundTrip_ms: number | null;
}

/** Nothing known yet: the browser's own clock is trusted. Start anew with each connection. */
export const unknownClock: ServerClock = { leastLag_ms: null, leastRoundTrip_ms: null };

/** After an envelope logged `at` (ISO 8601) was received at `received_ms` of the browser's clock. */
export function observeEnvelope(clock: ServerClock, at: string, received_ms: number): ServerClock {
  const lag_ms = received_ms - Date.parse(at);
  return clock.leastLag_ms !== null && clock.leastLag_ms <= lag_ms ? clock : { ...clock, leastLag_ms: lag_ms };
}

export function observeRoundTrip(clock: ServerClock, roundTrip_ms: number): ServerClock {
  const known_ms = clock.leastRoundTrip_ms;
  return known_ms !== null && known_ms <= roundTrip_ms ? clock : { ...clock, leastRoundTrip_ms: roundTrip_ms };
}

/** Server wall time in epoch milliseconds at browser time `now_ms`. */
export function serverNow(clock: ServerClock, now_ms: number): number {
  if (clock.leastLag_ms === null) return now_ms;
  return now_ms - clock.leastLag_ms + (clock.leastRoundTrip_ms ?? 0) / 2;
}
