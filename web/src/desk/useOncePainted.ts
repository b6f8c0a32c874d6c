import { useEffect } from "react";

/**
 * Call `painted(id)` after the first frame that shows the component while it is `isUnpainted`; a hidden tab draws
 * none until it is shown.
 */
export function useOncePainted(painted: (id: string) => void, id: string, isUnpainted: boolean): void {
  useEffect(() => {
    if (!isUnpainted) return undefined;
    // The first callback runs before the frame is drawn, the second after it.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => {
        painted(id);
      });
    });
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [painted, id, isUnpainted]);
}
