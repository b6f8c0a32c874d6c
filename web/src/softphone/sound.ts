/** The sound of one softphone call: devices, shared sound and a drill's customer, into the capture worklet. */

import type { Heard } from "./capture";
import workletUrl from "./capture.worklet.ts?worker&url";

/** Why there is no sound; each has a text of its own. */
export type SoundTrouble =
  | "insecure-context"
  | "no-microphone"
  | "permission-refused"
  | "microphone-busy"
  | "microphone-failed"
  | "share-refused"
  | "share-unsupported"
  | "no-shared-sound"
  | "drill-failed";

export class SoundError extends Error {
  constructor(readonly trouble: SoundTrouble) {
    super(trouble);
  }
}

export interface Device {
  readonly id: string;
  readonly label: string;
}

/** Where the worklet's inputs are. */
export type Input = 0 | 1;

const AS_HEARD = { echoCancellation: false, noiseSuppression: false, autoGainControl: false } as const;

export class Sound {
  private readonly sources = new Map<Input, { readonly node: AudioNode; readonly stream: MediaStream | null }>();

  private readonly listening = new Audio();

  private constructor(
    private readonly context: AudioContext,
    private readonly worklet: AudioWorkletNode,
  ) {}

  /** Begin to listen; frames come from now on, silent until something is connected. Rejects with SoundError. */
  static async open(heard: (frame: Heard) => void): Promise<Sound> {
    // Undefined outside a secure context, whatever the types say.
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    if (!window.isSecureContext || devices === undefined) throw new SoundError("insecure-context");
    const context = new AudioContext({ latencyHint: "interactive" });
    await context.audioWorklet.addModule(workletUrl);
    const worklet = new AudioWorkletNode(context, "livecue-capture", {
      numberOfInputs: 2,
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: "explicit",
    });
    worklet.port.onmessage = ({ data }: MessageEvent<Heard>) => {
      heard(data);
    };
    await context.resume();
    return new Sound(context, worklet);
  }

  /** Take a microphone; null: the usual one. `ended` is told when it is pulled out. Rejects with SoundError. */
  async microphone(input: Input, deviceId: string | null, ended: () => void): Promise<void> {
    const asked = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    let stream: MediaStream;
    try {
      const device = deviceId === null ? {} : { deviceId: { exact: deviceId } };
      stream = await navigator.mediaDevices.getUserMedia({ audio: { ...asked, ...device } });
    } catch (error) {
      throw new SoundError(troubleOf(error));
    }
    this.connect(input, stream, ended);
  }

  /** Take the sound of a tab or of the whole system, which the user picks. Rejects with SoundError. */
  async shared(input: Input, ended: () => void): Promise<void> {
    const devices: { getDisplayMedia?: (options: object) => Promise<MediaStream> } = navigator.mediaDevices;
    if (devices.getDisplayMedia === undefined) throw new SoundError("share-unsupported");
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getDisplayMedia({ video: true, audio: AS_HEARD });
    } catch {
      throw new SoundError("share-refused");
    }
    if (stream.getAudioTracks().length === 0) {
      stop(stream);
      throw new SoundError("no-shared-sound");
    }
    this.connect(input, stream, ended);
  }

  /** What a recording sounds like, at the rate of this sound. Rejects with SoundError. */
  async recording(url: string): Promise<AudioBuffer> {
    try {
      const answer = await fetch(url, { credentials: "same-origin" });
      if (!answer.ok) throw new SoundError("drill-failed");
      return await this.context.decodeAudioData(await answer.arrayBuffer());
    } catch {
      throw new SoundError("drill-failed");
    }
  }

  /** Play part of a recording's last channel, to be heard here and on an input; returns how to stop it. */
  play(input: Input, recording: AudioBuffer, start_ms: number, end_ms: number, ended: () => void): () => void {
    const channel = recording.getChannelData(recording.numberOfChannels - 1);
    const at = (ms: number): number => Math.round((ms / 1000) * recording.sampleRate);
    const part = channel.slice(at(start_ms), at(end_ms));
    const mono = this.context.createBuffer(1, Math.max(1, part.length), recording.sampleRate);
    mono.copyToChannel(part, 0);
    const node = new AudioBufferSourceNode(this.context, { buffer: mono });
    node.connect(this.worklet, 0, input);
    node.connect(this.context.destination);
    node.onended = ended;
    node.start();
    return () => {
      node.onended = null;
      node.stop();
      node.disconnect();
    };
  }

  /** What the microphone gives; null before it is taken. */
  stream(input: Input): MediaStream | null {
    return this.sources.get(input)?.stream ?? null;
  }

  /** Take what a colleague's browser sends, and let it be heard here. */
  remote(input: Input, stream: MediaStream): void {
    this.connect(input, stream, () => undefined);
    // Chromium gives a remote stream to Web Audio only while an element plays it.
    this.listening.srcObject = stream;
    void this.listening.play().catch(() => undefined);
  }

  disconnect(input: Input): void {
    const source = this.sources.get(input);
    source?.node.disconnect();
    if (source?.stream) stop(source.stream);
    this.sources.delete(input);
  }

  async close(): Promise<void> {
    for (const input of [0, 1] as const) this.disconnect(input);
    this.listening.srcObject = null;
    this.worklet.port.onmessage = null;
    await this.context.close();
  }

  private connect(input: Input, stream: MediaStream, ended: () => void): void {
    this.disconnect(input);
    const node = this.context.createMediaStreamSource(stream);
    node.connect(this.worklet, 0, input);
    for (const track of stream.getAudioTracks()) track.onended = ended;
    this.sources.set(input, { node, stream });
  }
}

/** Microphones by their names, which the browser tells once it has let the page listen. */
export async function microphones(): Promise<readonly Device[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices
    .filter(({ kind, deviceId }) => kind === "audioinput" && deviceId !== "default" && deviceId !== "")
    .map(({ deviceId, label }) => ({ id: deviceId, label }));
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) {
    track.onended = null;
    track.stop();
  }
}

function troubleOf(error: unknown): SoundTrouble {
  const name = error instanceof Error ? error.name : "";
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return "permission-refused";
    case "NotFoundError":
    case "OverconstrainedError":
      return "no-microphone";
    case "NotReadableError":
    case "AbortError":
      return "microphone-busy";
    default:
      return "microphone-failed";
  }
}
