import { useTranslation } from "react-i18next";

import type { ReviewItem } from "../api";
import { useValueText } from "../useValueText";
import styles from "./Panel.module.css";

interface Props {
  item: ReviewItem;
  value: number | null | undefined;
  choose: (value: number | null) => void;
}

/** The values of an item as buttons; keys 0 to 9 and X do the same for the current item. */
export function ValuePicker({ item, value, choose }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const valueText = useValueText();
  const values = [...Array.from({ length: item.scale + 1 }, (_, index) => item.scale - index), null];
  return (
    <div className={styles.values} role="group" aria-label={t("reviews.value-of", { title: item.title })}>
      {values.map((one) => (
        <button
          key={String(one)}
          type="button"
          aria-pressed={value === one}
          data-tone={one === null ? "none" : one === item.scale ? "met" : one === 0 ? "breach" : "at_risk"}
          data-testid={`value-${item.item_id}-${one === null ? "na" : String(one)}`}
          onClick={() => {
            choose(one);
          }}
        >
          {valueText(one, item.scale)}
        </button>
      ))}
    </div>
  );
}
