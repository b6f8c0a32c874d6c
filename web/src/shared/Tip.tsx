import { Tooltip } from "antd";
import type { ReactNode } from "react";

import styles from "./Tip.module.css";

/** A tooltip of the positioned element that it is put in, there as long as this is. */
export function Tip({ children }: { children: ReactNode }): React.JSX.Element {
  return (
    <Tooltip open title={children}>
      <i className={styles.anchor} />
    </Tooltip>
  );
}
