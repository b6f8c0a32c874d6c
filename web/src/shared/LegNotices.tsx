import { WarningOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";

import type { CallDegraded, CallView } from "../protocol.gen";
import styles from "./LegNotices.module.css";

/** What the phone platform sent wrongly, where a call is read after it ended; and that one leg carries both parties. */
export function LegNotices({ view }: { view: CallView }): React.JSX.Element | null {
  const { t } = useTranslation();
  const wrong = view.status === "closed" ? view.degraded.filter(({ part }) => part === "legs") : [];
  const isMixed = hasMixedLeg(view);
  const byVoice = view.lines.some(({ role }) => role?.by_voice);
  if (wrong.length === 0 && !isMixed) return null;
  return (
    <div className={styles.notices} data-testid="leg-notices">
      {isMixed && <p data-testid="mixed-leg">{t(byVoice ? "transcript.mixed-voices" : "transcript.mixed")}</p>}
      {wrong.map((one) => {
        const code = legCodeOf(one);
        return (
          <p key={`${one.code}-${one.party ?? ""}`} data-level="wrong">
            <WarningOutlined />
            {t(`legs.${code}`, { party: one.party === null ? "" : t(`party.${one.party}`) })}
          </p>
        );
      })}
    </div>
  );
}

/** Whether both parties are on one leg, so that who said what is a guess. */
export function hasMixedLeg({ legs }: CallView): boolean {
  return legs.some(({ party }) => party === "mixed");
}

const LEG_CODES = [
  "leg-missing",
  "leg-silent",
  "legs-identical",
  "legs-swapped",
  "wrong-codec",
  "voices-shed",
] as const;

function legCodeOf({ code }: CallDegraded): (typeof LEG_CODES)[number] | "other" {
  return LEG_CODES.find((known) => known === code) ?? "other";
}
