import { Button } from "antd";
import { useTranslation } from "react-i18next";

import type { PromptCard, SaleOutcome } from "../protocol.gen";
import styles from "./CueCourse.module.css";

export type ReportResult = (promptId: string, result: SaleOutcome) => void;

const RESULTS: readonly SaleOutcome[] = ["sold", "not-sold"];

interface Props {
  card: PromptCard;
  /** null: only what was reported is shown. */
  report: ReportResult | null;
}

/** How an offer ended: what was reported, and a button for each way. */
export function ResultButtons({ card, report }: Props): React.JSX.Element | null {
  const { t } = useTranslation();
  const { result, prompt } = card;
  if (result === null && report === null) return null;
  return (
    <div className={styles.results} role="group" aria-label={t("result.title")}>
      <span>{t("result.title")}</span>
      {report === null ? (
        <span className={styles.chip} data-result={result?.result} data-testid="result">
          {result && t(`result.${result.result}`)}
        </span>
      ) : (
        RESULTS.map((one) => (
          <Button
            key={one}
            size="small"
            type={result?.result === one ? "primary" : "default"}
            aria-pressed={result?.result === one}
            data-testid={one}
            onClick={() => {
              report(prompt.prompt_id, one);
            }}
          >
            {t(`result.${one}`)}
          </Button>
        ))
      )}
      {result && (
        <small className={styles.note}>
          {t(`result.by-${result.source}`)} {result.order_id}
        </small>
      )}
    </div>
  );
}
