import { CloseCircleFilled, WarningFilled } from "@ant-design/icons";
import type { ReactNode } from "react";

import styles from "./Notice.module.css";

interface Props {
  tone: "warning" | "error";
  title: string;
  children?: ReactNode;
  /** Buttons: what can be done about it. */
  actions?: ReactNode;
  "data-testid"?: string;
}

/** Something that has to be known before going on. */
export function Notice({ tone, title, children, actions, ...rest }: Props): React.JSX.Element {
  return (
    <div {...rest} role="alert" className={styles.notice} data-tone={tone}>
      {tone === "error" ? <CloseCircleFilled /> : <WarningFilled />}
      <div>
        <strong>{title}</strong>
        {children && <p>{children}</p>}
      </div>
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
