/** Which intents of a line are worth a chip, and how a chip is coloured. */

import { INTENT_GROUPS, type IntentCode, type IntentGroup } from "../protocol.gen";

/** trouble: a complaint or leaving. fault: something is broken. wish: wants to have something. account: asks about or
 * runs what they have. doubt: holds back. consent: says yes or thanks. talk: keeps the dialogue going. */
export type IntentTone = "trouble" | "fault" | "wish" | "account" | "doubt" | "consent" | "talk";

export interface IntentChip {
  readonly code: string;
  readonly tone: IntentTone;
  readonly isPrimary: boolean;
}

const SHOWN_CHIPS = 3;

const GROUP_TONES: Readonly<Record<IntentGroup, IntentTone>> = {
  complaint_billing: "trouble",
  complaint_service: "trouble",
  spam_privacy: "trouble",
  cancel_portout: "trouble",
  fault_mobile: "fault",
  fault_broadband: "fault",
  change_plan: "wish",
  handset: "wish",
  broadband_new: "wish",
  roaming: "wish",
  query_account: "account",
  query_plan: "account",
  cancel_vas: "account",
  recharge: "account",
  sim_account: "account",
  hesitate: "doubt",
  refuse: "doubt",
  price_objection: "doubt",
  ask_clarify: "doubt",
  agree_ack: "consent",
  praise_thanks: "consent",
  provide_info: "talk",
  greeting: "talk",
  closing: "talk",
  other: "talk",
};

/** Where the group says less than the intent itself. */
const OWN_TONES: Readonly<Partial<Record<IntentCode, IntentTone>>> = {
  want_5g: "wish",
  want_family: "wish",
  acknowledge: "talk",
};

/** At most three, the primary one first. "Other" says nothing and is left out. */
export function chipsOf(intents: readonly string[]): readonly IntentChip[] {
  return intents
    .map((code, place) => ({ code, tone: toneOf(code), isPrimary: place === 0 }))
    .filter(({ code }) => code !== "other")
    .slice(0, SHOWN_CHIPS);
}

function toneOf(code: string): IntentTone {
  return isKnown(code) ? (OWN_TONES[code] ?? GROUP_TONES[INTENT_GROUPS[code]]) : "talk";
}

function isKnown(code: string): code is IntentCode {
  return Object.hasOwn(INTENT_GROUPS, code);
}
