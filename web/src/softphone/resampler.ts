/**
 * Converts one channel from the rate at which the browser hears to the rate of the wire, exactly: a polyphase low-pass of
 * the ratio in lowest terms, so that no sample is made up or lost however long the call is.
 */

/** Where the pass band ends and the stop band begins, as shares of the lower of both rates. */
const PASS = 0.44;
const STOP = 0.54;
/** Kaiser window of 60 dB. */
const ATTENUATION_DB = 60;
const BETA = 0.1102 * (ATTENUATION_DB - 8.7);

export class Resampler {
  private readonly up: number;
  private readonly down: number;
  /** Coefficients by phase, newest sample first. */
  private readonly phases: readonly Float32Array[];
  private readonly past: Float32Array;
  private write = 0;
  /** How far the next output lies behind the next input, in steps of 1 / `up` of an input sample. */
  private due = 0;

  constructor(from_hz: number, to_hz: number) {
    const divisor = greatestCommonDivisor(from_hz, to_hz);
    this.up = to_hz / divisor;
    this.down = from_hz / divisor;
    this.phases = lowPass(this.up, this.down, Math.min(from_hz, to_hz) / (from_hz * this.up));
    this.past = new Float32Array(this.phases[0]?.length ?? 1);
  }

  /** Give samples, -1 to 1; `out` takes what comes of them, one by one. */
  push(samples: Float32Array, out: (sample: number) => void): void {
    for (const sample of samples) {
      this.past[this.write] = sample;
      this.write = (this.write + 1) % this.past.length;
      for (; this.due < this.up; this.due += this.down) out(this.at(this.due));
      this.due -= this.up;
    }
  }

  private at(phase: number): number {
    const taps = this.phases[phase];
    if (taps === undefined) return 0;
    let sum = 0;
    let read = this.write;
    for (const tap of taps) {
      read = (read === 0 ? this.past.length : read) - 1;
      sum += tap * (this.past[read] ?? 0);
    }
    return sum;
  }
}

/** `lower`: the lower of both rates as a share of the rate between them. */
function lowPass(up: number, down: number, lower: number): readonly Float32Array[] {
  const width = 2 * Math.PI * (STOP - PASS) * lower;
  const order = up === down ? 0 : Math.ceil((ATTENUATION_DB - 8) / (2.285 * width));
  const perPhase = Math.floor(order / up) + 1;
  const middle = (perPhase * up - 1) / 2;
  const cutoff = (PASS + STOP) * lower;
  const tap = (index: number): number => {
    if (order === 0) return 1;
    const x = index - middle;
    return (
      up * cutoff * sinc(cutoff * x) * (bessel(BETA * Math.sqrt(Math.max(0, 1 - (x / middle) ** 2))) / bessel(BETA))
    );
  };
  return Array.from({ length: up }, (_, phase) =>
    Float32Array.from({ length: perPhase }, (_unused, step) => tap(phase + step * up)),
  );
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Modified Bessel function of the first kind, order 0. */
function bessel(x: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; term > 1e-9 * sum; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
