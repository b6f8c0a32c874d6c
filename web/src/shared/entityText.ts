/** Says the normal form of an entity (nlp/entities) in words for people. */

import type { TFunction } from "i18next";

import type { LineEntity } from "../protocol.gen";
import { momentText } from "./momentText";
import type { Texts } from "./useTexts";

const GIGABYTE_MB = 1024;
const PRICED_PLAN = /^plan:(\d+(?:\.\d+)?)$/;
const COUNTRY = /^[A-Z]{2}$/;
/** Their normal form is a code for machines; people have the words before them. */
const CODED: ReadonlySet<string> = new Set([
  "channel",
  "device",
  "indicator",
  "payment",
  "region",
  "regulator",
  "rival",
]);
const MOMENTS: ReadonlySet<string> = new Set(["date", "deadline", "duration", "period", "time"]);

/** "金额：138.50 元": what kind of value it is, and what it is worth if that says more than the words. */
export function entityText({ label, value }: LineEntity, texts: Texts): string {
  const kind = texts.nameOf("entity", label);
  const worth = worthOf(label, value, texts);
  return worth === null ? kind : texts.t("meaning.entity", { kind, value: worth });
}

function worthOf(label: string, value: string, texts: Texts): string | null {
  if (MOMENTS.has(label)) return momentText(value, texts);
  if (label === "region" && COUNTRY.test(value)) return countryName(value, texts.language);
  if (CODED.has(label)) return null;
  return (/^\d+(\.\d+)?$/.test(value) ? numberText(label, Number(value), texts.t) : wordText(value, texts.t)) ?? value;
}

function countryName(code: string, language: string): string | null {
  return new Intl.DisplayNames(language, { type: "region" }).of(code) ?? null;
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

function wordText(value: string, t: TFunction): string | null {
  if (value === "up" || value === "down" || value === "same") return t(`meaning.direction-${value}`);
  const price = PRICED_PLAN.exec(value)?.[1];
  return price === undefined ? null : t("meaning.plan-of", { price });
}
