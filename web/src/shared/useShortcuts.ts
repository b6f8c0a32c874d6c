import { useEffect, useEffectEvent } from "react";

/** What each key does; keys in lower case. */
export type Shortcuts = Readonly<Record<string, () => void>>;

/**
 * Listen for single keys, except while the user types, holds a modifier, or a dialog or menu is open, and for keys that
 * the element with the focus takes itself.
 */
export function useShortcuts(shortcuts: Shortcuts): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    const action = shortcuts[event.key.toLowerCase()];
    if (action === undefined || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.defaultPrevented) return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("input, textarea, select, [contenteditable], [role=dialog], [role=menu]")) return;
    if (event.key === " " && target?.closest("button, a, summary")) return;
    event.preventDefault();
    action();
  });
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      press(event);
    };
    window.addEventListener("keydown", pressed);
    return () => {
      window.removeEventListener("keydown", pressed);
    };
  }, []);
}
