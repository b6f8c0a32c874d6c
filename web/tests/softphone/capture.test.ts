/** From what the browser hears to what goes over the wire. */

import { expect, test } from "vitest";

import { FRAME_SAMPLES, FrameCollector, interleaved } from "../../src/softphone/capture";
import { Resampler } from "../../src/softphone/resampler";

function tone(hertz: number, rate_hz: number, duration_s: number): Float32Array {
  return Float32Array.from({ length: Math.round(rate_hz * duration_s) }, (_, index) =>
    Math.sin((2 * Math.PI * hertz * index) / rate_hz),
  );
}

function resampled(samples: Float32Array, from_hz: number, block = 128): number[] {
  const resampler = new Resampler(from_hz, 16_000);
  const out: number[] = [];
  for (let start = 0; start < samples.length; start += block) {
    resampler.push(samples.subarray(start, start + block), (sample) => out.push(sample));
  }
  return out;
}

/** Root mean square of the second half, when the filter has settled. */
function strength(samples: readonly number[]): number {
  const settled = samples.slice(samples.length / 2);
  return Math.sqrt(settled.reduce((sum, sample) => sum + sample ** 2, 0) / settled.length);
}

test.each([48_000, 44_100, 32_000, 16_000, 8_000, 96_000])(
  "from %i Hz come exactly as many samples as are due",
  (rate) => {
    expect(resampled(tone(300, rate, 2), rate)).toHaveLength(32_000);
  },
);

test.each([48_000, 44_100])("at %i Hz speech passes as it is and what the wire cannot carry does not", (rate) => {
  for (const hertz of [300, 1_000, 3_400, 6_500]) {
    expect(strength(resampled(tone(hertz, rate, 0.5), rate))).toBeCloseTo(Math.SQRT1_2, 2);
  }
  for (const hertz of [9_000, 12_000, 20_000]) {
    expect(strength(resampled(tone(hertz, rate, 0.5), rate))).toBeLessThan(0.002);
  }
});

test("the blocks in which sound comes make no difference", () => {
  const samples = tone(700, 44_100, 0.3);
  expect(resampled(samples, 44_100, 128)).toEqual(resampled(samples, 44_100, 977));
});

test("frames hold every sample once, clipped, and tell the loudest", () => {
  const collector = new FrameCollector();
  for (let index = 0; index < FRAME_SAMPLES + 3; index += 1) collector.add(index === 5 ? -1.5 : 0.25);
  expect(collector.hasFrame).toBe(true);
  const { sound, peak } = collector.take();
  expect(sound).toHaveLength(FRAME_SAMPLES);
  expect([sound[4], sound[5], peak]).toEqual([8192, -32_767, 1]);
  expect(collector.hasFrame).toBe(false);
  for (let index = 3; index < FRAME_SAMPLES; index += 1) collector.add(0);
  expect([...collector.take().sound.slice(0, 4)]).toEqual([8192, 8192, 8192, 0]);
});

test("legs are interleaved little-endian in their order", () => {
  const bytes = interleaved([Int16Array.of(1, -2), Int16Array.of(258, 0)]);
  expect([...bytes]).toEqual([1, 0, 2, 1, 254, 255, 0, 0]);
});
