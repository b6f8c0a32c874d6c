import { useState } from "react";

interface Attention {
  /** Whether the pointer is on the element or it has the focus. */
  readonly has: boolean;
  /** To be given to the element. */
  readonly watched: {
    readonly onMouseEnter: () => void;
    readonly onMouseLeave: () => void;
    readonly onFocus: () => void;
    readonly onBlur: () => void;
  };
}

/** Whether the reader attends to an element, so that what is told of it need only be made then. */
export function useAttention(): Attention {
  const [isHovered, setIsHovered] = useState(false);
  const [isFocused, setIsFocused] = useState(false);
  return {
    has: isHovered || isFocused,
    watched: {
      onMouseEnter: () => {
        setIsHovered(true);
      },
      onMouseLeave: () => {
        setIsHovered(false);
      },
      onFocus: () => {
        setIsFocused(true);
      },
      onBlur: () => {
        setIsFocused(false);
      },
    },
  };
}
