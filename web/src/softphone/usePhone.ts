import { useEffect, useState, useSyncExternalStore } from "react";

import { browserColleague, browserLine } from "./browserLine";
import { Phone, type PhoneWorld } from "./phone";
import type { PhoneState } from "./phoneState";
import { microphones, Sound, type Input } from "./sound";

const browserPhone: PhoneWorld = {
  line: browserLine,
  colleague: browserColleague,
  openSound: (heard) => Sound.open(heard),
  microphones,
};

/** A softphone for as long as the component is on the page. */
export function usePhone(): { phone: Phone; state: PhoneState } {
  const [phone] = useState(() => new Phone(browserPhone));
  useEffect(() => phone.leave, [phone]);
  return { phone, state: useSyncExternalStore(phone.subscribe, phone.getState) };
}

/** How loud an input is now, 0 to 1. */
export function useLevel(phone: Phone, input: Input): number {
  return useSyncExternalStore(phone.subscribeLevels, () => phone.level(input));
}
