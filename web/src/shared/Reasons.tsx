import { EnvironmentOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";

import type { Because, Evidence } from "../protocol.gen";
import { clockTime, seconds } from "./format";
import styles from "./Reasons.module.css";
import type { Shine } from "./spotlight";

/** Why a cue or flag exists: the rule's sentence, then each piece of evidence as a way to its place. */
export function Reasons({ because, shine }: { because: Because; shine: Shine }): React.JSX.Element {
  const { t } = useTranslation();
  return (
    <div className={styles.reasons} data-testid="because">
      <p>{because.reason}</p>
      <ul>
        {because.evidence.map((evidence, index) => (
          <li key={index}>
            <EvidenceLink evidence={evidence} shine={shine} />
          </li>
        ))}
      </ul>
      <small>{t("why.rule", { rule: because.rule })}</small>
    </div>
  );
}

function EvidenceLink({ evidence, shine }: { evidence: Evidence; shine: Shine }): React.JSX.Element {
  const { t } = useTranslation();
  const { kind, party, quote, confidence, start_ms, end_ms, utterance_id } = evidence;
  const length = { seconds: seconds(end_ms - start_ms) };
  const text = quote ? `“${quote}”` : kind === "utterance" ? "" : t(`why.${kind}`, length);
  return (
    <button
      type="button"
      className={styles.evidence}
      title={t("why.show")}
      data-testid="evidence"
      data-party={party}
      onClick={() => {
        shine({ utteranceId: utterance_id, start_ms });
      }}
    >
      <EnvironmentOutlined />
      <span className={styles.words}>
        {party && <b>{t(`party.${party}`)}</b>}
        {text}
      </span>
      <time>
        {clockTime(start_ms)}
        {confidence !== null && ` · ${Math.round(confidence * 100)}%`}
      </time>
    </button>
  );
}
