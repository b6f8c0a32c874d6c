import { Segmented } from "antd";
import { useTranslation } from "react-i18next";

import styles from "./ArchivePage.module.css";
import { WAYS, type By } from "./question";

/** How the words in the box are found, and what that means. */
export function Ways({ by, choose }: { by: By; choose: (by: By) => void }): React.JSX.Element {
  const { t } = useTranslation();
  return (
    <div className={styles.ways}>
      <Segmented<By>
        value={by}
        aria-label={t("archive.by")}
        data-testid="archive-by"
        options={WAYS.map((value) => ({ value, label: t(`archive.ways.${value}.name`) }))}
        onChange={choose}
      />
      <span>{t(`archive.ways.${by}.hint`)}</span>
    </div>
  );
}
