import type { ReactNode } from "react";

import { goTo, pathOf, type Route } from "../route";

interface Props {
  to: Route;
  className?: string | undefined;
  isCurrent?: boolean;
  children: ReactNode;
  "data-testid"?: string;
}

/** A link to another page of the app: with the address of that page, without loading anything again. */
export function Link({ to, className, isCurrent = false, children, ...rest }: Props): React.JSX.Element {
  return (
    <a
      {...rest}
      href={pathOf(to)}
      className={className}
      aria-current={isCurrent ? "page" : undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        goTo(to);
      }}
    >
      {children}
    </a>
  );
}
