/** What the capture worklet and the page agree on. */

/** Rate of the wire: twice the telephone's, which is all that recognition uses. */
export const WIRE_HZ = 16_000;
export const FRAME_MS = 40;
export const FRAME_SAMPLES = (WIRE_HZ * FRAME_MS) / 1000;

/** One frame of both inputs: the microphone, and the other party. */
export interface Heard {
  readonly sounds: readonly [Int16Array<ArrayBuffer>, Int16Array<ArrayBuffer>];
  /** Loudest sample of each, 0 to 1. */
  readonly peaks: readonly [number, number];
}

/** One frame's samples of the legs that are sent, interleaved in their order. */
export function interleaved(legs: readonly Int16Array[]): Uint8Array<ArrayBuffer> {
  const frames = legs[0]?.length ?? 0;
  const bytes = new Uint8Array(frames * legs.length * 2);
  const view = new DataView(bytes.buffer);
  legs.forEach((leg, channel) => {
    leg.forEach((sample, index) => {
      view.setInt16((index * legs.length + channel) * 2, sample, true);
    });
  });
  return bytes;
}

/** Most samples that come at once: a second. */
const ROOM = FRAME_SAMPLES + WIRE_HZ;

/** Collects one input's samples into frames of 16-bit samples. */
export class FrameCollector {
  private readonly samples = new Int16Array(ROOM);
  private filled = 0;

  /** Sample -1 to 1; beyond is clipped. */
  add = (sample: number): void => {
    this.samples[this.filled] = Math.round(Math.max(-1, Math.min(1, sample)) * 32_767);
    this.filled = Math.min(this.filled + 1, ROOM - 1);
  };

  get hasFrame(): boolean {
    return this.filled >= FRAME_SAMPLES;
  }

  take(): { readonly sound: Int16Array<ArrayBuffer>; readonly peak: number } {
    const sound = this.samples.slice(0, FRAME_SAMPLES);
    this.samples.copyWithin(0, FRAME_SAMPLES, this.filled);
    this.filled -= FRAME_SAMPLES;
    return { sound, peak: sound.reduce((loudest, sample) => Math.max(loudest, Math.abs(sample)), 0) / 32_767 };
  }
}
