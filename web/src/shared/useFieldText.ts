import { useTranslation } from "react-i18next";

import zh from "../i18n/zh-CN.json";

type FieldName = keyof typeof zh.customer.field;
type Unit = keyof typeof zh.customer.unit;

const UNITS: ReadonlyMap<string, Unit> = new Map([
  ...["arpu", "plan_price", "last_bill", "balance"].map((name) => [name, "yuan"] as const),
  ...["dou", "data_used", "data_total"].map((name) => [name, "gigabytes"] as const),
  ["mou", "minutes"] as const,
]);

function isWellKnown(name: string): name is FieldName {
  return Object.hasOwn(zh.customer.field, name);
}

export interface FieldText {
  /** What a field is called, or what Livecue remembers itself (`history.…`); one of the hotline's own stands for itself. */
  readonly nameOf: (name: string) => string;
  /** Its value, a number with its unit. */
  readonly valueOf: (name: string, value: string) => string;
}

/** Names and values of customer fields (docs/customers.md) in the language of the page. */
export function useFieldText(): FieldText {
  const { t } = useTranslation();
  const plainNameOf = (name: string): string => (isWellKnown(name) ? t(`customer.field.${name}`) : name);
  return {
    nameOf: (name) => {
      const remembered = /^history\.(.+)$/.exec(name)?.[1];
      return remembered === undefined ? plainNameOf(name) : t("customer.remembered", { name: plainNameOf(remembered) });
    },
    valueOf: (name, value) => {
      const unit = UNITS.get(name);
      return unit !== undefined && /^-?\d+(\.\d+)?$/.test(value) ? t(`customer.unit.${unit}`, { value }) : value;
    },
  };
}
