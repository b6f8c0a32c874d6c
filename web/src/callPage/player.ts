/** Plays the sound of a call: a small store over the browser's audio element. */

export interface PlayerState {
  readonly isPlaying: boolean;
  /** Times the speed at which it was said. */
  readonly rate: number;
  /** What keeps it from playing: the browser wants a click first, or the sound cannot be had. */
  readonly trouble: "needs-click" | "failed" | null;
}

export const RATES = [0.75, 1, 1.25, 1.5, 2] as const;

const EVENTS = ["play", "pause", "ended", "seeking", "seeked", "ratechange", "timeupdate", "error"] as const;

/** Calls once, before the next frame is drawn. */
export type NextFrame = (draw: () => void) => unknown;

export class Player {
  private state: PlayerState = { isPlaying: false, rate: 1, trouble: null };
  private readonly readers = new Set<() => void>();
  private isDrawing = false;

  constructor(
    readonly audio: HTMLAudioElement,
    private readonly nextFrame: NextFrame = (draw) => requestAnimationFrame(draw),
  ) {}

  readonly subscribe = (changed: () => void): (() => void) => {
    this.readers.add(changed);
    return () => this.readers.delete(changed);
  };

  readonly getState = (): PlayerState => this.state;

  get position_ms(): number {
    return Math.round(this.audio.currentTime * 1000);
  }

  /** Take up a sound; returns how to leave it. */
  open(url: string): () => void {
    this.audio.preload = "metadata";
    this.audio.src = url;
    for (const event of EVENTS) this.audio.addEventListener(event, this.changed);
    return () => {
      for (const event of EVENTS) this.audio.removeEventListener(event, this.changed);
      this.audio.pause();
      this.audio.removeAttribute("src");
      this.set({ isPlaying: false, trouble: null });
    };
  }

  /** From a position, or from where it stands. */
  readonly play = (from_ms?: number): void => {
    if (!this.audio.hasAttribute("src")) return;
    if (from_ms !== undefined) this.seek(from_ms);
    this.audio.play().then(
      () => {
        this.set({ trouble: null });
      },
      (error: unknown) => {
        const name = error instanceof DOMException ? error.name : "";
        if (name === "NotAllowedError") this.set({ trouble: "needs-click" });
        else if (name !== "AbortError") this.set({ trouble: "failed" });
      },
    );
  };

  readonly toggle = (): void => {
    if (this.audio.paused) this.play();
    else this.audio.pause();
  };

  readonly seek = (to_ms: number): void => {
    const end_s = Number.isFinite(this.audio.duration) ? this.audio.duration : Infinity;
    this.audio.currentTime = Math.min(end_s, Math.max(0, to_ms / 1000));
    this.tell();
  };

  readonly skip = (by_ms: number): void => {
    this.seek(this.position_ms + by_ms);
  };

  readonly setRate = (rate: number): void => {
    this.audio.playbackRate = rate;
  };

  private readonly changed = (): void => {
    const { audio } = this;
    const isPlaying = !audio.paused && !audio.ended;
    this.set({ isPlaying, rate: audio.playbackRate, ...(audio.error === null ? {} : { trouble: "failed" }) });
    this.tell();
    if (isPlaying && !this.isDrawing) {
      this.isDrawing = true;
      this.nextFrame(this.drawn);
    }
  };

  /** The element tells of its progress four times a second; words want it with every frame. */
  private readonly drawn = (): void => {
    this.isDrawing = this.state.isPlaying;
    if (this.isDrawing) this.nextFrame(this.drawn);
    this.tell();
  };

  private set(change: Partial<PlayerState>): void {
    const next = { ...this.state, ...change };
    const keys = ["isPlaying", "rate", "trouble"] as const;
    if (keys.every((key) => next[key] === this.state[key])) return;
    this.state = next;
    this.tell();
  }

  private tell(): void {
    for (const changed of this.readers) changed();
  }
}
