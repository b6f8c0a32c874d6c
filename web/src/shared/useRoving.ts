import { useState, type KeyboardEvent } from "react";

interface Roving {
  /** The one of the buttons that is a stop of the tab key. */
  readonly current: number;
  readonly choose: (key: string) => void;
  /** To be given to the element around the buttons. */
  readonly go: (event: KeyboardEvent<HTMLElement>) => void;
}

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

/** Makes a row of buttons one stop of the tab key; arrow keys go from one to the next. It begins with the last. */
export function useRoving(keys: readonly string[]): Roving {
  const [chosen, setChosen] = useState<string | null>(null);
  const known = chosen === null ? -1 : keys.indexOf(chosen);
  const current = known < 0 ? keys.length - 1 : known;
  const go = (event: KeyboardEvent<HTMLElement>): void => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(keys.length - 1, current + step));
    setChosen(keys[next] ?? null);
    event.currentTarget.querySelectorAll("button").item(next).focus();
  };
  return { current, choose: setChosen, go };
}
