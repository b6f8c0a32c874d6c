import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";

/** How near the end still counts as at the end, in pixels. */
const NEAR_PX = 48;

/** Places farther than this many heights of the element are gone to at once: the way there says nothing. */
const FAR_HEIGHTS = 2;

interface StickToEnd {
  /** To be given to the scrolling element. */
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly atEnd: boolean;
  readonly goToEnd: () => void;
  /** Look at a place, in pixels from the top; further growth is followed only if that is at the end. */
  readonly goTo: (top_px: number) => void;
}

/** Keeps an element scrolled to its end while `content` grows, until the user scrolls up. */
export function useStickToEnd(content: unknown): StickToEnd {
  const scroller = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const sticks = useRef(true);

  const stick = useCallback((yes: boolean) => {
    sticks.current = yes;
    setAtEnd(yes);
  }, []);
  const jump = useCallback(() => {
    const element = scroller.current;
    if (element !== null && sticks.current) element.scrollTo({ top: element.scrollHeight });
  }, []);

  useLayoutEffect(jump, [jump, content]);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    let lastTop_px = element.scrollTop;
    const scrolled = (): void => {
      const rest_px = element.scrollHeight - element.clientHeight - element.scrollTop;
      // Only moving up lets go: growth below also leaves a distance, but moves nothing.
      if (rest_px <= NEAR_PX) stick(true);
      else if (element.scrollTop < lastTop_px) stick(false);
      lastTop_px = element.scrollTop;
    };
    element.addEventListener("scroll", scrolled, { passive: true });
    // Lines out of sight have an estimated size until they are drawn, so the content's size changes too.
    const resized = new ResizeObserver(jump);
    for (const part of [element, ...element.children]) resized.observe(part);
    return () => {
      element.removeEventListener("scroll", scrolled);
      resized.disconnect();
    };
  }, [stick, jump]);

  const goToEnd = useCallback(() => {
    stick(true);
    jump();
  }, [stick, jump]);
  const goTo = useCallback(
    (top_px: number) => {
      const element = scroller.current;
      if (element === null) return;
      stick(top_px >= element.scrollHeight - element.clientHeight - NEAR_PX);
      const isFar = Math.abs(top_px - element.scrollTop) > FAR_HEIGHTS * element.clientHeight;
      const isStill = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      element.scrollTo({ top: top_px, behavior: isFar || isStill ? "instant" : "smooth" });
    },
    [stick],
  );
  return { scroller, atEnd, goToEnd, goTo };
}
