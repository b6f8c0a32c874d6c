/** The REST interface as the call page uses it. */

import { ApiError, request } from "../api";
import type { Party } from "../protocol.gen";

/** How loud each party is over the time of the call. */
export interface SoundPeaks {
  readonly duration_ms: number;
  readonly step_ms: number;
  /** Loudest sample of each step, 0 to 255. */
  readonly parties: readonly { readonly party: Party; readonly peaks: readonly number[] }[];
}

export interface GivenNote {
  readonly note_id: string;
  readonly at_ms: number;
  readonly text: string;
}

function pathOf(callId: string, part: string): string {
  return `/calls/${encodeURIComponent(callId)}/${part}`;
}

/** null: the call has no recording, or none yet. */
export async function soundPeaks(callId: string): Promise<SoundPeaks | null> {
  try {
    return await request<SoundPeaks>("GET", pathOf(callId, "peaks"));
  } catch (error) {
    if (error instanceof ApiError && error.code === "no-audio") return null;
    throw error;
  }
}

/** Address of a closed call's sound. */
export function audioUrl(callId: string): string {
  return `/api/v1${pathOf(callId, "audio")}`;
}

/** Says what was said in an utterance; the text as it was recognised takes that back. */
export function correctLine(callId: string, utteranceId: string, text: string): Promise<unknown> {
  return request("POST", pathOf(callId, "corrections"), { utterance_id: utteranceId, text });
}

export function leaveNote(callId: string, note: GivenNote): Promise<unknown> {
  return request("POST", pathOf(callId, "notes"), note);
}

export function removeNote(callId: string, noteId: string): Promise<unknown> {
  return request("DELETE", pathOf(callId, `notes/${encodeURIComponent(noteId)}`));
}
