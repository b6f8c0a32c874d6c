/** Runs in the audio thread: both inputs, resampled to the wire's rate, frame by frame to the page. */

import { FrameCollector, WIRE_HZ, type Heard } from "./capture";
import { Resampler } from "./resampler";

// Of the worklet's own global scope, which TypeScript's DOM library leaves out.
declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

/** Of an input that nothing is connected to. */
const silence = new Float32Array(128);

class Capture extends AudioWorkletProcessor {
  private readonly inputs = [0, 1].map(() => ({
    resampler: new Resampler(sampleRate, WIRE_HZ),
    collector: new FrameCollector(),
  }));

  process(given: readonly (readonly Float32Array[])[]): boolean {
    const length = given.find(([channel]) => channel !== undefined)?.[0]?.length ?? silence.length;
    this.inputs.forEach(({ resampler, collector }, index) => {
      resampler.push(given[index]?.[0] ?? silence.subarray(0, length), collector.add);
    });
    while (this.inputs.every(({ collector }) => collector.hasFrame)) this.hand();
    return true;
  }

  private hand(): void {
    const [microphone, other] = this.inputs.map(({ collector }) => collector.take());
    if (microphone === undefined || other === undefined) return;
    const heard: Heard = { sounds: [microphone.sound, other.sound], peaks: [microphone.peak, other.peak] };
    this.port.postMessage(heard, [microphone.sound.buffer, other.sound.buffer]);
  }
}

registerProcessor("livecue-capture", Capture);
