/**
 * Sound on its way to the server, in order: what waits to be sent, and what was sent but may not have arrived.
 *
 * It is bounded: beyond `limit_ms` the oldest sound is given up and declared as a gap in its place, so that the call's
 * clock stays right. After a drop it goes on from the byte that the server names.
 */

/** Longest gap that one message may declare. */
const LONGEST_GAP_MS = 3_600_000;

export type GapCause = "lost" | "paused";

type Content =
  | { readonly kind: "sound"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "gap"; readonly ms: number; readonly cause: GapCause };

/** `end_bytes`: sound sent up to the end of this piece, as the server counts it; null: not sent yet. */
type Piece = Content & { readonly end_bytes: number | null };

export class SoundBuffer {
  private pieces: Piece[] = [];
  /** Index of the first piece that is not sent yet. */
  private next = 0;
  private sent_bytes = 0;
  private held_ms = 0;
  private given_up_ms = 0;

  /** `bytesPerMs`: of one millisecond of all channels. */
  constructor(
    private readonly bytesPerMs: number,
    private readonly limit_ms: number,
  ) {}

  /** Sound that was given up before it could be sent. */
  get lost_ms(): number {
    return this.given_up_ms;
  }

  get isEmpty(): boolean {
    return this.next === this.pieces.length;
  }

  pushSound(bytes: Uint8Array<ArrayBuffer>): void {
    this.pieces.push({ kind: "sound", bytes, end_bytes: null });
    this.held_ms += bytes.length / this.bytesPerMs;
    while (this.held_ms > this.limit_ms) this.giveUpOldest();
  }

  pushGap(duration_ms: number, cause: GapCause): void {
    for (let left_ms = Math.round(duration_ms); left_ms > 0; left_ms -= LONGEST_GAP_MS) {
      this.pieces.push({ kind: "gap", ms: Math.min(left_ms, LONGEST_GAP_MS), cause, end_bytes: null });
    }
  }

  /** What is to be sent next; from then on it counts as sent. */
  take(): Content | null {
    const piece = this.pieces[this.next];
    if (piece === undefined) return null;
    if (piece.kind === "sound") this.sent_bytes += piece.bytes.length;
    this.pieces[this.next] = { ...piece, end_bytes: this.sent_bytes };
    this.next += 1;
    return piece;
  }

  /** Everything up to here has arrived, over all sockets. */
  arrived(received_bytes: number): void {
    const isThere = ({ end_bytes }: Piece): boolean => end_bytes !== null && end_bytes <= received_bytes;
    let count = 0;
    for (let piece = this.pieces[0]; piece !== undefined && isThere(piece); piece = this.pieces[count]) {
      if (piece.kind === "sound") this.held_ms -= piece.bytes.length / this.bytesPerMs;
      count += 1;
    }
    this.pieces.splice(0, count);
    this.next -= count;
  }

  /** A new socket goes on after what has arrived; everything else is sent again. */
  resume(received_bytes: number): void {
    this.arrived(received_bytes);
    const [first] = this.pieces;
    if (first !== undefined && first.end_bytes !== null) {
      const missing_bytes = first.end_bytes - received_bytes;
      if (first.kind === "sound" && missing_bytes < first.bytes.length) {
        this.held_ms -= (first.bytes.length - missing_bytes) / this.bytesPerMs;
        this.pieces[0] = { ...first, bytes: first.bytes.slice(-missing_bytes) };
      }
    }
    this.pieces = this.pieces.map((piece) => ({ ...piece, end_bytes: null }));
    this.next = 0;
    this.sent_bytes = received_bytes;
  }

  private giveUpOldest(): void {
    const at = this.pieces.findIndex(({ kind }) => kind === "sound");
    const piece = this.pieces[at];
    if (piece?.kind !== "sound") return;
    const duration_ms = piece.bytes.length / this.bytesPerMs;
    this.held_ms -= duration_ms;
    const gap = { kind: "gap", ms: Math.max(1, Math.round(duration_ms)), cause: "lost" } as const;
    if (at < this.next) {
      // Sent, and only missing if it turns out not to have arrived.
      this.pieces[at] = { ...gap, end_bytes: piece.end_bytes };
      return;
    }
    this.given_up_ms += duration_ms;
    const before = this.pieces[at - 1];
    if (at > this.next && before?.kind === "gap" && before.cause === "lost" && before.ms + gap.ms <= LONGEST_GAP_MS) {
      this.pieces.splice(at - 1, 2, { ...before, ms: before.ms + gap.ms });
    } else {
      this.pieces[at] = { ...gap, end_bytes: null };
    }
  }
}
