import { Select } from "antd";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";

import { useRead } from "../useRead";
import type { Report } from "../useReport";
import { agreementOf, listScorecards, type AgreementReport } from "./calibrationApi";
import { chanceText } from "./chance";
import { readingOf } from "./kappa";
import styles from "./Review.module.css";
import { scoreText } from "./scoreText";

/** How far reviewers agree on each item of a scorecard, over all calibrations of it. */
export function AgreementOverview({ report }: { report: Report }): React.JSX.Element | null {
  const { t } = useTranslation();
  const cards = useRead(listScorecards, report).value?.scorecards;
  const [picked, setPicked] = useState<string | null>(null);
  const name = picked ?? cards?.[0]?.name ?? null;
  const { value } = useRead(
    useCallback(async () => (name === null ? null : agreementOf(name)), [name]),
    report,
  );
  if (cards === undefined || name === null) return null;
  return (
    <section className={styles.row} data-testid="agreement">
      <header>
        <h2>{t("reviews.agreement")}</h2>
        {cards.length > 1 && (
          <Select
            size="small"
            value={name}
            aria-label={t("reviews.scorecard")}
            options={cards.map((card) => ({ value: card.name, label: card.title || card.name }))}
            onChange={setPicked}
          />
        )}
      </header>
      {value !== null && (value.calls === 0 ? <p>{t("reviews.no-agreement")}</p> : <Table found={value} />)}
    </section>
  );
}

function Table({ found }: { found: AgreementReport }): React.JSX.Element {
  const { t } = useTranslation();
  const rows = [{ ...found.overall, item_id: "", title: t("reviews.all-items") }, ...found.items];
  return (
    <>
      <p>
        {t("reviews.agreement-over", { count: found.calls })}
        {found.mean_score_gap !== null && t("reviews.score-gap", { points: scoreText(found.mean_score_gap) })}
      </p>
      <div className={styles.scroller}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("reviews.item")}</th>
              <th scope="col">{t("reviews.kappa")}</th>
              <th scope="col">{t("reviews.meaning")}</th>
              <th scope="col">{t("reviews.alike")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ item_id, title, kappa, agreement, ratings }) => {
              const reading = readingOf(kappa, ratings);
              return (
                <tr key={item_id} data-testid={`kappa-${item_id || "all"}`}>
                  <th scope="row">{title}</th>
                  <td>{kappa === null ? "–" : kappa.toFixed(2)}</td>
                  <td data-reading={reading}>{t(`reviews.kappa-reading.${reading}`)}</td>
                  <td>
                    {agreement === null ? "–" : chanceText(agreement)} <small>({ratings})</small>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <small>{t("reviews.kappa-means")}</small>
    </>
  );
}
