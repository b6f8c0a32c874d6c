import { useEffect, useState } from "react";

/** Longer than the analysis of a line takes, shorter than what is gone is missed, in milliseconds. */
const LINGER_MS = 300;

/**
 * The items, and for a moment after they were all withdrawn those that were there before: what a final brings right
 * after it takes their place, so that the page does not jump up and down in between.
 */
export function useLingering<T>(items: readonly T[]): readonly T[] {
  const [held, setHeld] = useState(items);
  if (items.length > 0 && items !== held) setHeld(items);
  const isLingering = items.length === 0 && held.length > 0;
  useEffect(() => {
    if (!isLingering) return;
    const timer = setTimeout(() => {
      setHeld([]);
    }, LINGER_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [isLingering]);
  return isLingering ? held : items;
}
