/** What of a customer is shown where: a few fields at a glance, all of them by group on demand. */

import type { CallView, FieldGroup } from "../protocol.gen";

export const SHOWN_FIRST = 5;

/** The most telling first. */
const TELLING = [
  ...["level", "plan", "arpu", "open_ticket", "contract_end", "data_used", "handset", "last_bill"],
  ...["complaints_90d", "calls_30d", "last_reason", "last_reaction", "since"],
];

export interface ShownField {
  readonly name: string;
  readonly value: string;
}

export interface ShownGroup {
  readonly group: FieldGroup | "call";
  readonly fields: readonly ShownField[];
}

/** What the phone platform brought with the call. */
function attributesOf({ customer }: CallView): readonly ShownField[] {
  return Object.entries(customer?.attributes ?? {}).map(([name, value]) => ({ name, value }));
}

/** At a glance: of the directory's fields the most telling, without them what came with the call. */
export function firstFields(view: CallView): readonly ShownField[] {
  const fields = view.profile?.fields ?? [];
  if (fields.length === 0) return attributesOf(view);
  const telling = TELLING.flatMap((name) => fields.filter((field) => field.name === name));
  const others = fields.filter((field) => !telling.includes(field));
  return [...telling, ...others].slice(0, SHOWN_FIRST);
}

/** Everything by group; nothing where a glance shows it all. */
export function groupsOf(view: CallView): readonly ShownGroup[] {
  const fields = view.profile?.fields ?? [];
  if (fields.length === 0) return [];
  const groups = (["static", "dynamic", "service"] as const).map((group) => ({
    group,
    fields: fields.filter((field) => field.group === group),
  }));
  return [...groups, { group: "call" as const, fields: attributesOf(view) }].filter((one) => one.fields.length > 0);
}
