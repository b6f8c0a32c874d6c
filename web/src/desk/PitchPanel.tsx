import { useTranslation } from "react-i18next";

import type { Pitch } from "../protocol.gen";
import styles from "./PitchPanel.module.css";

/** The offer behind a cue, on demand: what speaks for it, answers to objections, what has to be told. */
export function PitchPanel({ pitch }: { pitch: Pitch }): React.JSX.Element {
  const { t } = useTranslation();
  const { price, selling_points, objections, terms } = pitch;
  return (
    <div className={styles.pitch} data-testid="pitch">
      {price && <p className={styles.price}>{price}</p>}
      <Part name="points" title={t("pitch.points")} count={selling_points.length}>
        <ul>
          {selling_points.map((point) => (
            <li key={point}>{point}</li>
          ))}
        </ul>
      </Part>
      <Part name="objections" title={t("pitch.objections")} count={objections.length}>
        <dl>
          {objections.map(({ reaction, title, answer }) => (
            <div key={reaction}>
              <dt>{title}</dt>
              <dd>{answer}</dd>
            </div>
          ))}
        </dl>
      </Part>
      <Part name="terms" title={t("pitch.terms")} count={terms.length}>
        <ul>
          {terms.map((term) => (
            <li key={term}>{term}</li>
          ))}
        </ul>
      </Part>
    </div>
  );
}

interface PartProps {
  name: string;
  title: string;
  count: number;
  children: React.ReactNode;
}

function Part({ name, title, count, children }: PartProps): React.JSX.Element | null {
  if (count === 0) return null;
  return (
    <details data-testid={`pitch-${name}`} lang="zh-CN">
      <summary>
        {title} <small>{count}</small>
      </summary>
      {children}
    </details>
  );
}
