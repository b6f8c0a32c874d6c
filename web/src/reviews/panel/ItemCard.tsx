import { useTranslation } from "react-i18next";

import { FLAG_ICONS } from "../../shared/icons";
import { clockTime } from "../../shared/format";
import { Reasons } from "../../shared/Reasons";
import { placeOf, type Shine } from "../../shared/spotlight";
import type { ItemFlag, ReviewItem } from "../api";
import { useValueText } from "../useValueText";
import styles from "./Panel.module.css";

interface Props {
  item: ReviewItem;
  shine: Shine;
  isCurrent?: boolean;
  /** Told when the reader turns to this item. */
  turn?: () => void;
  /** Its value, or how one is given. */
  value: React.ReactNode;
  /** Under it. */
  children?: React.ReactNode;
}

/** One item of a scorecard: what it asks, what rules made of it, and their evidence a click away. */
export function ItemCard({ item, shine, isCurrent = false, turn, value, children }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const valueText = useValueText();
  const { item_id, title, guidance, weight, scale, is_critical, auto, auto_because, flags } = item;
  return (
    <li
      className={styles.item}
      data-current={isCurrent}
      data-testid={`item-${item_id}`}
      onFocus={turn}
      onMouseDown={turn}
    >
      <header>
        <strong>{title}</strong>
        {is_critical && <em title={t("reviews.critical-means")}>{t("reviews.critical")}</em>}
        <small>{t("reviews.weight", { weight })}</small>
      </header>
      {guidance !== "" && <p className={styles.guidance}>{guidance}</p>}
      {auto_because !== "no-rule" && (
        <p className={styles.auto} data-testid={`auto-${item_id}`}>
          {auto !== null && <b>{t("reviews.auto-value", { value: valueText(auto, scale) })}</b>}
          {t(`reviews.auto.${auto_because}`)}
        </p>
      )}
      {flags.map((flag) => (
        <FlagEvidence key={flag.flag_id} flag={flag} shine={shine} />
      ))}
      {value}
      {children}
    </li>
  );
}

/** A verdict of a rule; a click plays where its evidence begins, and says why. */
function FlagEvidence({ flag, shine }: { flag: ItemFlag; shine: Shine }): React.JSX.Element {
  const { t } = useTranslation();
  const { flag_id, rule, title, verdict, reason, at_ms, evidence } = flag;
  const place = placeOf(evidence, at_ms);
  const Icon = FLAG_ICONS[verdict];
  return (
    <details className={styles.flag} data-verdict={verdict}>
      <summary
        data-testid={`evidence-${flag_id}`}
        title={t("why.show")}
        onClick={() => {
          shine(place);
        }}
      >
        <Icon />
        <span>
          {t(`verdict.${verdict}`)} · {title}
        </span>
        <time>{clockTime(place.start_ms)}</time>
      </summary>
      <Reasons because={{ rule, reason, evidence }} shine={shine} />
    </details>
  );
}
