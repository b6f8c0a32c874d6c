/** Says the normal form of an entity (nlp/entities) in words for people. */

import type { TFunction } from "i18next";

import type { LineEntity } from "../protocol.gen";
import type { Texts } from "./useTexts";

const GIGABYTE_MB = 1024;
const ISO_LENGTH = /^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const LENGTH_UNITS = ["years", "months", "weeks", "days", "hours", "minutes", "seconds"] as const;

/** "金额：138.50 元": what kind of value it is, and what it is worth. */
export function entityText({ label, value }: LineEntity, { t, nameOf }: Texts): string {
  return t("meaning.entity", { kind: nameOf("entity", label), value: valueText(label, value, t) });
}

function valueText(label: string, value: string, t: TFunction): string {
  const number = /^\d+(\.\d+)?$/.test(value) ? Number(value) : null;
  return (number === null ? wordText(label, value, t) : numberText(label, number, t)) ?? value;
}

function numberText(label: string, value: number, t: TFunction): string | null {
  switch (label) {
    case "amount":
      return t("meaning.money", { value: (value / 100).toFixed(value % 100 === 0 ? 0 : 2) });
    case "data_volume":
      return value < GIGABYTE_MB
        ? t("meaning.megabytes", { value })
        : t("meaning.gigabytes", { value: Number((value / GIGABYTE_MB).toFixed(1)) });
    case "bandwidth":
      return t("meaning.bandwidth", { value });
    case "discount":
      return t("meaning.percent", { value });
    case "minutes":
      return t("length.minutes", { count: value });
    case "contract_term":
      return t("length.months", { count: value });
    case "sms_count":
      return t("meaning.messages", { count: value });
    case "count":
      return t("meaning.times", { value });
    default:
      return null;
  }
}

function wordText(label: string, value: string, t: TFunction): string | null {
  if (label === "plan_direction" && (value === "up" || value === "down" || value === "same")) {
    return t(`meaning.direction-${value}`);
  }
  return ISO_LENGTH.test(value) ? lengthText(value, t) : null;
}

function lengthText(value: string, t: TFunction): string {
  const counts: readonly (string | undefined)[] = ISO_LENGTH.exec(value)?.slice(1) ?? [];
  return LENGTH_UNITS.flatMap((unit, place) => {
    const count = counts[place];
    return count === undefined ? [] : [t(`length.${unit}`, { count: Number(count) })];
  }).join(" ");
}
