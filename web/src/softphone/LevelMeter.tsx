import { useTranslation } from "react-i18next";

import type { Party } from "./nativeMessages";
import type { Phone } from "./phone";
import type { Input } from "./sound";
import styles from "./LevelMeter.module.css";
import { useLevel } from "./usePhone";

/** The quietest that the meter shows. */
const FLOOR_DB = -60;

/** Share of the meter that a peak fills, 0 to 1. */
export function meterShare(peak: number): number {
  if (peak <= 0) return 0;
  return Math.max(0, Math.min(1, 1 - (20 * Math.log10(peak)) / FLOOR_DB));
}

interface Props {
  phone: Phone;
  input: Input;
  party: Party;
  /** Who speaks; by default the party. */
  name?: string;
  /** Where the sound comes from. */
  source: string;
}

/** How loud one leg is. */
export function LevelMeter({ phone, input, party, name, source }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const speaker = name ?? t(`party.${party}`);
  const share = meterShare(useLevel(phone, input));
  return (
    <div className={styles.meter} data-party={party}>
      <span>
        {speaker}
        <small>{source}</small>
      </span>
      <div
        role="meter"
        aria-label={t("softphone.level", { party: speaker })}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        data-testid={`level-${party}`}
      >
        <i style={{ width: `${share * 100}%` }} />
      </div>
    </div>
  );
}
