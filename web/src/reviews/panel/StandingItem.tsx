import { useTranslation } from "react-i18next";

import type { Shine } from "../../shared/spotlight";
import type { ReviewItem } from "../api";
import { useValueText } from "../useValueText";
import { ItemCard } from "./ItemCard";
import styles from "./Panel.module.css";

interface Props {
  item: ReviewItem;
  shine: Shine;
  /** What its reader may do about it. */
  children?: React.ReactNode;
}

/** An item with the value that it has. */
export function StandingItem({ item, shine, children }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const valueText = useValueText();
  const { value, scale, reason, is_scored } = item;
  const tone = value === null ? "none" : value === scale ? "met" : value === 0 ? "breach" : "at_risk";
  return (
    <ItemCard
      item={item}
      shine={shine}
      value={
        is_scored && (
          <p className={styles.standing} data-tone={tone} data-testid={`standing-${item.item_id}`}>
            <b>{scale > 1 && value !== null ? `${value} / ${scale}` : valueText(value, scale)}</b>
            {reason !== "" && <span>{t("reviews.because", { reason })}</span>}
          </p>
        )
      }
    >
      {children}
    </ItemCard>
  );
}
