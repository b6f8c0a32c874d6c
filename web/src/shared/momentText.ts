/** Says days, times and lengths of time (nlp/entities/calendar.py) in words for people. */

import type { TFunction } from "i18next";

import type { Texts } from "./useTexts";

const LENGTH = /^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const LENGTH_UNITS = ["years", "months", "weeks", "days", "hours", "minutes", "seconds"] as const;
/** Told from the day of the call: D+1, M-1, with a time of the day D+1T15:30. */
const AWAY = /^([DWMQY])([+-]\d+)(?:T(\d\d:\d\d))?$/;
const AWAY_UNITS = { D: "day", W: "week", M: "month", Q: "quarter", Y: "year" } as const;
const CLOCK = /^(?:(\d{4}-\d\d-\d\d)T)?(\d\d:\d\d)$/;
/** A symbol that says no more than the words before the reader: a weekday, a day of some month, a part of a day. */
const SYMBOL = /^(?:-|[DWMQY][+-])|\//;

/** "24 小时", "明天 15:30", "2026-03-15"; null where the words say it better. */
export function momentText(value: string, { t, language }: Texts): string | null {
  if (LENGTH.test(value)) return lengthText(value, t);
  const [, unit, count, time] = AWAY.exec(value) ?? [];
  if (unit !== undefined && count !== undefined) {
    const away = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
    const day = away.format(Number(count), AWAY_UNITS[unit as keyof typeof AWAY_UNITS]);
    return time === undefined ? day : `${day} ${time}`;
  }
  if (CLOCK.test(value)) return value.replace("T", " ");
  return SYMBOL.test(value) ? null : value;
}

function lengthText(value: string, t: TFunction): string {
  const counts: readonly (string | undefined)[] = LENGTH.exec(value)?.slice(1) ?? [];
  return LENGTH_UNITS.flatMap((unit, place) => {
    const count = counts[place];
    return count === undefined ? [] : [t(`length.${unit}`, { count: Number(count) })];
  }).join(" ");
}
