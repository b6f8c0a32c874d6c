import { useTranslation } from "react-i18next";

import type { PlaybookState } from "./api";
import styles from "./StateTag.module.css";

export function StateTag({ state }: { state: PlaybookState }): React.JSX.Element {
  const { t } = useTranslation();
  return (
    <span className={styles.tag} data-state={state} data-testid="playbook-state">
      {t(`playbooks.state.${state}`)}
    </span>
  );
}
