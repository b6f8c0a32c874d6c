import styles from "./IntentChips.module.css";
import type { IntentChip } from "./intents";
import type { Texts } from "./useTexts";

interface Props {
  chips: readonly IntentChip[];
  acts: readonly string[];
  /** Whether it was understood before the end of the line was heard, and may be taken back. */
  isEarly: boolean;
  texts: Texts;
}

/** What the speaker of a line wants. */
export function IntentChips({ chips, acts, isEarly, texts: { t, nameOf } }: Props): React.JSX.Element {
  const actNames = acts.map((act) => nameOf("act", act)).join(t("meaning.separator"));
  return (
    <ul
      className={styles.chips}
      data-early={isEarly}
      aria-label={t("meaning.intents")}
      title={actNames && t("meaning.acts", { acts: actNames })}
    >
      {chips.map(({ code, tone, isPrimary }) => (
        <li key={code} data-tone={tone} data-primary={isPrimary} data-testid={`intent-${code}`}>
          {nameOf("intent", code)}
        </li>
      ))}
    </ul>
  );
}
