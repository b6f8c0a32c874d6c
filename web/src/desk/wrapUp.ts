/** A call's wrap-up as the desk shows and sends it. */

import type { CallView, Disposition, Promise as CallPromise, PromiseKind, WrapUpSentence } from "../protocol.gen";

export interface GivenPromise {
  /** null: added by hand. */
  readonly promise_id: string | null;
  readonly kind: PromiseKind;
  readonly quote: string;
  readonly due_at: string | null;
}

/** What a person confirms. */
export interface GivenWrapUp {
  readonly text: string;
  readonly language: "zh" | "en";
  readonly disposition: Disposition;
  readonly promises: readonly GivenPromise[];
}

export interface StandingWrapUp {
  readonly disposition: Disposition;
  readonly promises: readonly CallPromise[];
}

/** What holds of a closed call: the confirmed wrap-up, else the proposal. */
export function standingWrapUp({ status, confirmed, wrap_up }: CallView): StandingWrapUp | null {
  return status === "closed" ? (confirmed ?? wrap_up) : null;
}

/** A sentence in the language of the page. */
export function textOf(sentence: WrapUpSentence, language: string): string {
  return language.startsWith("zh") ? sentence.zh : sentence.en;
}

/** The text that a person begins to edit: their last one, else the proposal's sentences without what is edited apart. */
export function startingText({ confirmed, wrap_up }: CallView, language: string): string {
  if (confirmed !== null) return confirmed.text;
  const sentences = wrap_up?.sentences.filter(({ part }) => part !== "promise") ?? [];
  return sentences.map((sentence) => textOf(sentence, language)).join("\n");
}

/** An instant as `<input type="datetime-local">` wants it, in the time of this browser. */
export function localInput(at: string | null): string {
  if (at === null) return "";
  const moment = new Date(at);
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** The instant of such an input; null when it is empty. */
export function instantOf(input: string): string | null {
  return input === "" ? null : new Date(input).toISOString();
}
