/** Recorded customers to practise with: the bundled calls, and calls from the archive. */

import { request, storedCall } from "../api";
import type { DrillLine } from "./drill";
import type { Played } from "./nativeMessages";
import type { DrillCase } from "./phoneState";

interface BundledDrill {
  readonly drill_id: string;
  readonly title: string;
  readonly playbook: string | null;
  readonly customer: Played | null;
  readonly lines: readonly DrillLine[];
}

/** The calls that come with Livecue. */
export async function bundledCases(): Promise<readonly DrillCase[]> {
  const { drills } = await request<{ drills: readonly BundledDrill[] }>("GET", "/drills");
  return drills.map(({ drill_id, ...drill }) => ({
    ...drill,
    id: drill_id,
    audioUrl: `/api/v1/drills/${encodeURIComponent(drill_id)}/audio`,
  }));
}

/** A stored call as a case; its customer is told by what the call itself said of them. */
export async function storedCase(callId: string): Promise<DrillCase> {
  const { view } = await storedCall(callId);
  const lines = view.lines.flatMap(({ party, final, start_ms, end_ms, text, display_text }) =>
    final && party !== "mixed" ? [{ party, start_ms, end_ms, text: display_text ?? text }] : [],
  );
  return {
    id: callId,
    title: callId,
    audioUrl: `/api/v1/calls/${encodeURIComponent(callId)}/audio`,
    playbook: null,
    customer: view.customer,
    lines,
  };
}
