import { Spin } from "antd";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import { useRead } from "../useRead";
import type { Report } from "../useReport";
import { compare } from "./calibrationApi";
import styles from "./Review.module.css";
import { scoreText } from "./scoreText";
import { useValueText } from "./useValueText";

interface Props {
  calibrationId: string;
  report: Report;
}

/** What each reviewer made of each item, side by side; where they differ stands out. */
export function ComparedScores({ calibrationId, report }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const { value } = useRead(
    useCallback(() => compare(calibrationId), [calibrationId]),
    report,
  );
  const valueText = useValueText();
  if (value === null) return <Spin />;
  const { calibration, items } = value;
  const differing = items.filter(({ values }) => new Set(values.map((one) => one.value)).size > 1);
  return (
    <div className={styles.scroller} data-testid="compared">
      <p>
        {differing.length === 0
          ? t("reviews.all-agree")
          : t("reviews.differing", { count: differing.length, of: items.length })}
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("reviews.item")}</th>
            {calibration.reviews.map(({ review_id, reviewer_name }) => (
              <th key={review_id} scope="col">
                {reviewer_name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.item_id} data-differs={differing.includes(item)} data-testid={`compared-${item.item_id}`}>
              <th scope="row">{item.title}</th>
              {calibration.reviews.map(({ review_id, reviewer_id }) => {
                const given = item.values.find((one) => one.reviewer_id === reviewer_id);
                return (
                  <td key={review_id}>
                    {given === undefined ? "–" : valueText(given.value, item.scale)}
                    {given !== undefined && given.reason !== "" && <small>{given.reason}</small>}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t("reviews.score")}</th>
            {calibration.reviews.map(({ review_id, score }) => (
              <td key={review_id}>{scoreText(score)}</td>
            ))}
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
