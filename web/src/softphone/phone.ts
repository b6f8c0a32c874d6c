/** One softphone: the state and what moves it (devices, line, drill). React only reads it. */

import { FRAME_MS, interleaved, type Heard } from "./capture";
import { Colleague, type ColleagueWorld } from "./colleague";
import { spanOf } from "./drill";
import { Line, type LineWorld } from "./line";
import {
  isInCall,
  missing,
  openingOf,
  partiesOf,
  phoneReducer,
  startingPhone,
  wantsOther,
  type DrillCase,
  type PhoneAction,
  type PhoneState,
  type Plan,
} from "./phoneState";
import { SoundError, type Device, type Input, type Sound } from "./sound";

/** What the softphone needs of a browser. */
export interface PhoneWorld {
  readonly line: LineWorld;
  readonly colleague: ColleagueWorld;
  readonly openSound: (heard: (frame: Heard) => void) => Promise<Sound>;
  readonly microphones: () => Promise<readonly Device[]>;
}

/** From this peak on an input is heard at all. */
const AUDIBLE_PEAK = 0.01;
/** An input of a running call on which nothing was heard for so long is reported. */
export const UNHEARD_MS = 8_000;

export class Phone {
  private state: PhoneState = startingPhone;
  private readonly readers = new Set<() => void>();
  private readonly levelReaders = new Set<() => void>();
  private levels: readonly [number, number] = [0, 0];
  private quiet_ms: [number, number] = [0, 0];
  private sound: Sound | null = null;
  private line: Line | null = null;
  private colleague: Colleague | null = null;
  private recording: { readonly url: string; readonly sound: AudioBuffer } | null = null;
  private stopPlaying: (() => void) | null = null;
  private playedSerial = 0;
  private isLeft = false;

  constructor(private readonly world: PhoneWorld) {}

  readonly getState = (): PhoneState => this.state;

  readonly subscribe = (changed: () => void): (() => void) => {
    this.readers.add(changed);
    return () => this.readers.delete(changed);
  };

  readonly subscribeLevels = (changed: () => void): (() => void) => {
    this.levelReaders.add(changed);
    return () => this.levelReaders.delete(changed);
  };

  /** How loud an input is now: peak of the last frame, 0 to 1. */
  readonly level = (input: Input): number => this.levels[input];

  readonly plan = (change: Partial<Plan>): void => {
    this.dispatch({ type: "planned", change });
    if (!this.state.hasOther) this.sound?.disconnect(1);
    if (this.state.companion === null) this.partCompany();
    if (change.microphone !== undefined && this.sound !== null) void this.attempt(() => this.takeMicrophone());
  };

  readonly chooseCase = (drillCase: DrillCase | null): void => {
    this.dispatch({ type: "case-chosen", drillCase });
  };

  /** Ask for the microphone and show what is heard. */
  readonly openSound = async (): Promise<void> => {
    this.dispatch({ type: "sound-opening" });
    await this.attempt(async () => {
      this.sound ??= await this.world.openSound(this.hear);
      await this.takeMicrophone();
    });
  };

  /** Ask for the other party's sound. */
  readonly connectOther = async (): Promise<void> => {
    const { sound } = this;
    const { plan } = this.state;
    if (sound === null || !wantsOther(plan)) return;
    if (plan.other === "colleague") {
      this.meet(sound, null);
      return;
    }
    await this.attempt(async () => {
      if (plan.other === "shared") await sound.shared(1, this.ended(1));
      else await sound.microphone(1, plan.otherDevice, this.ended(1));
      this.dispatch({ type: "other-connected" });
    });
  };

  /** Come into the room of a colleague, who carries the call. */
  readonly join = (): void => {
    if (this.sound !== null && missing(this.state) === null) this.meet(this.sound, this.state.plan.code);
  };

  /** Leave the colleague's room. */
  readonly part = (): void => {
    this.partCompany();
    this.sound?.disconnect(1);
    this.dispatch({ type: "room-left", failure: null });
  };

  /** Begin the call. */
  readonly start = async (): Promise<void> => {
    const { sound } = this;
    if (sound === null || missing(this.state) !== null || isInCall(this.state)) return;
    const { plan, drillCase } = this.state;
    if (plan.mode === "drill" && drillCase !== null && this.recording?.url !== drillCase.audioUrl) {
      const read = await this.attempt(() => sound.recording(drillCase.audioUrl));
      if (read === null) return;
      this.recording = { url: drillCase.audioUrl, sound: read };
    }
    this.quiet_ms = [0, 0];
    this.playedSerial = 0;
    const listener = {
      changed: (line: PhoneState["line"] & object): void => {
        this.dispatch({ type: "line-changed", line });
      },
      named: (callId: string): void => {
        this.dispatch({ type: "named", callId });
      },
    };
    this.line = new Line(this.world.line, listener, openingOf(this.state));
    this.dispatch({ type: "dialled" });
    this.line.dial();
  };

  readonly hold = (held: boolean): void => {
    if (held) this.line?.hold();
    else this.line?.unhold();
    this.dispatch({ type: "held", held });
    if (held) this.silenceCustomer();
    else if (this.state.drill?.phase === "playing") this.dispatch({ type: "customer-asked-again" });
  };

  readonly hangUp = (): void => {
    this.line?.hangUp();
    this.silenceCustomer();
  };

  /** The customer of the drill speaks now; `again`: says the last turn once more. */
  readonly askCustomer = (again: boolean): void => {
    this.dispatch({ type: again ? "customer-asked-again" : "customer-asked" });
  };

  /** Leave the page: the call ends, the devices are free. */
  readonly leave = (): void => {
    this.isLeft = true;
    this.hangUp();
    this.partCompany();
    void this.sound?.close();
    this.sound = null;
  };

  private async takeMicrophone(): Promise<void> {
    await this.sound?.microphone(0, this.state.plan.microphone, this.ended(0));
    const microphone = this.sound?.stream(0);
    if (microphone) this.colleague?.speakInto(microphone);
    if (this.isLeft) void this.sound?.close();
    this.dispatch({ type: "sound-opened", devices: await this.world.microphones() });
  }

  /** Find a colleague: in a room of one's own (null), or by the code of theirs. */
  private meet(sound: Sound, code: string | null): void {
    const microphone = sound.stream(0);
    if (microphone === null) return;
    this.partCompany();
    this.dispatch({ type: "room-opened" });
    this.colleague = new Colleague(
      this.world.colleague,
      {
        made: (made) => {
          this.dispatch({ type: "room-made", code: made });
        },
        met: (name) => {
          this.dispatch({ type: "colleague-met", name });
        },
        heard: (stream) => {
          sound.remote(1, stream);
        },
        connected: (isConnected) => {
          this.dispatch({ type: "peer-changed", isConnected });
          if (isConnected) this.dispatch({ type: "other-connected" });
        },
        told: (call) => {
          this.dispatch({ type: "colleague-told", call });
        },
        left: () => {
          sound.disconnect(1);
          this.dispatch({ type: "colleague-left" });
        },
        failed: (failure, message) => {
          this.colleague = null;
          this.dispatch({ type: "room-left", failure: { code: failure, message } });
        },
      },
      microphone,
      code,
    );
  }

  private partCompany(): void {
    this.colleague?.leave();
    this.colleague = null;
  }

  private ended(input: Input): () => void {
    return () => {
      this.dispatch({ type: "input-ended", input });
    };
  }

  /** What it gives, or null after the state says what is wrong. */
  private async attempt<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof SoundError)) throw error;
      this.dispatch({ type: "sound-failed", trouble: error.trouble });
      return null;
    }
  }

  /** A frame of both inputs, 25 times a second. */
  private readonly hear = ({ sounds, peaks }: Heard): void => {
    this.levels = peaks;
    for (const changed of this.levelReaders) changed();
    if (this.line === null || !isInCall(this.state)) return;
    const parties = partiesOf(this.state.plan);
    this.line.sound(interleaved(sounds.slice(0, parties.length)));
    this.dispatch({ type: "lost", lost_ms: this.line.lost_ms });
    if (this.state.held) return;
    this.dispatch({ type: "trainee-heard", peak: peaks[0], frame_ms: FRAME_MS });
    this.watchSilence(peaks, parties.length);
  };

  private watchSilence(peaks: readonly [number, number], inputs: number): void {
    this.quiet_ms = [0, 1].map((input) =>
      (peaks[input] ?? 0) >= AUDIBLE_PEAK ? 0 : (this.quiet_ms[input] ?? 0) + FRAME_MS,
    ) as [number, number];
    // A drill's customer is silent as long as the trainee thinks.
    const watched: readonly Input[] = inputs === 2 && this.state.plan.mode === "carry" ? [0, 1] : [0];
    this.dispatch({ type: "unheard", inputs: watched.filter((input) => this.quiet_ms[input] >= UNHEARD_MS) });
  }

  private dispatch(action: PhoneAction): void {
    const before = this.state;
    this.state = phoneReducer(before, action);
    if (this.state === before) return;
    this.followDrill();
    if (this.state.plan.mode === "carry") {
      this.colleague?.tell(!isInCall(this.state) ? "none" : this.state.held ? "held" : "live");
    }
    for (const changed of this.readers) changed();
  }

  /** Let the customer speak when the drill says so. */
  private followDrill(): void {
    const { drill } = this.state;
    if (drill === null) {
      this.silenceCustomer();
      return;
    }
    if (drill.phase !== "playing" || drill.serial === this.playedSerial) return;
    this.silenceCustomer();
    this.playedSerial = drill.serial;
    const turn = drill.turns[drill.index];
    const span = turn === undefined ? null : spanOf(turn);
    if (span === null || this.recording === null || this.sound === null) return;
    this.stopPlaying = this.sound.play(1, this.recording.sound, span.start_ms, span.end_ms, () => {
      this.dispatch({ type: "customer-spoke" });
    });
  }

  private silenceCustomer(): void {
    this.stopPlaying?.();
    this.stopPlaying = null;
  }
}
