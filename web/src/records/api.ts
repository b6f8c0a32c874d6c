/** Holds, erasure and the log of who did what, as the REST interface tells them. */

import { request } from "../api";

export type SubjectKind = "call" | "customer";
export const ACTIONS = ["revealed", "held", "released", "erased", "expired", "team-changed", "team-removed"] as const;
export type Action = (typeof ACTIONS)[number];

export interface LogRow {
  readonly entry: {
    readonly at: string;
    readonly by: string;
    readonly action: Action;
    readonly subject: string;
    readonly details: Readonly<Record<string, unknown>>;
  };
  readonly by_name: string;
}

export interface LogPage {
  readonly entries: readonly LogRow[];
  readonly next: string | null;
}

export interface Hold {
  readonly hold_id: string;
  readonly kind: SubjectKind;
  readonly subject: string;
  readonly reason: string;
  readonly at: string;
}

/** What somebody wants to be held or erased, and why. */
export interface Wanted {
  readonly kind: SubjectKind;
  readonly subject: string;
  readonly reason: string;
}

export interface Removed {
  readonly calls: number;
  /** Rows by table and files by kind. */
  readonly things: Readonly<Record<string, number>>;
}

export function readLog(action: Action | null, before: string | null): Promise<LogPage> {
  const asked = new URLSearchParams({ ...(action !== null && { action }), ...(before !== null && { before }) });
  return request("GET", `/audit-log?${asked.toString()}`);
}

export async function listHolds(): Promise<readonly Hold[]> {
  return (await request<{ holds: readonly Hold[] }>("GET", "/legal-holds")).holds;
}

export function hold(wanted: Wanted): Promise<unknown> {
  return request("POST", "/legal-holds", wanted);
}

export function release(holdId: string): Promise<unknown> {
  return request("DELETE", `/legal-holds/${encodeURIComponent(holdId)}`);
}

export async function countErasure(kind: SubjectKind, subject: string): Promise<number> {
  const asked = new URLSearchParams({ kind, subject });
  return (await request<{ calls: number }>("GET", `/erasures?${asked.toString()}`)).calls;
}

export function erase(wanted: Wanted, confirm: string): Promise<Removed> {
  return request("POST", "/erasures", { ...wanted, confirm });
}
