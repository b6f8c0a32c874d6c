import { useTranslation } from "react-i18next";

import type { Pitch, PitchReason } from "../protocol.gen";
import { useFieldText } from "../shared/useFieldText";
import styles from "./PitchReasons.module.css";

const CUSTOMER = "customer.";

/** Why it is this offer: the needs heard, what is known of the customer, and what each of them counts. */
export function PitchReasons({ pitch }: { pitch: Pitch }): React.JSX.Element {
  const { t } = useTranslation();
  return (
    <div className={styles.reasons} data-testid="pitch-reasons">
      <b>{t("pitch.why", { title: pitch.title })}</b>
      <ul>
        {pitch.reasons.map((reason) => (
          <li key={`${reason.kind} ${reason.name}`}>
            <Reason reason={reason} />
          </li>
        ))}
      </ul>
      {pitch.next_best.length > 0 && (
        <small>{t("pitch.next-best", { titles: pitch.next_best.map(({ title }) => title).join("、") })}</small>
      )}
    </div>
  );
}

function Reason({ reason }: { reason: PitchReason }): React.JSX.Element {
  const { t } = useTranslation();
  const { nameOf, valueOf } = useFieldText();
  const { kind, name, value, points } = reason;
  const field = name.startsWith(CUSTOMER) ? name.slice(CUSTOMER.length) : name;
  const known = kind === "fact" ? t("customer.fact", { name: nameOf(field), value: valueOf(field, value) }) : name;
  return (
    <>
      <span>{t(`pitch.reason.${kind}`)}</span>
      <span>{known}</span>
      {points !== 0 && <em>{points > 0 ? `+${points}` : points}</em>}
    </>
  );
}
