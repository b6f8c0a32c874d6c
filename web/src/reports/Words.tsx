import { useTranslation } from "react-i18next";

import { askedOf } from "../archive/question";
import { Link } from "../shell/Link";
import { questionFor, type Field, type Report } from "./api";
import { FieldName } from "./FieldName";
import styles from "./ReportsPage.module.css";
import { useRowName } from "./useRowName";

const LARGEST_PX = 20;
const SMALLEST_PX = 13;
const MOST_Z = 12;

/** What customers say about each reason more than about others; the clearer, the larger. */
export function Words({ report, field }: { report: Report; field: Field }): React.JSX.Element | null {
  const { t } = useTranslation();
  const nameOf = useRowName(report.by);
  const rows = report.rows.filter(({ words }) => words.length > 0);
  return (
    <section className={styles.card} data-testid="words">
      <header>
        <h2>
          <FieldName field={field} />
        </h2>
        <span>{t("reports.words-of", { count: report.words_of })}</span>
      </header>
      {rows.length === 0 && <p>{t("reports.no-words")}</p>}
      <dl className={styles.words}>
        {rows.map((row) => (
          <div key={row.code}>
            <dt>{nameOf(row)}</dt>
            <dd>
              {row.words.map(({ text, calls, z }) => {
                const question = questionFor(row, undefined, text);
                const share = Math.min(z, MOST_Z) / MOST_Z;
                return (
                  <Link
                    key={text}
                    to={{ page: "archive", asked: question === null ? "" : askedOf(question) }}
                    data-testid={`word-${text}`}
                  >
                    <span style={{ fontSize: SMALLEST_PX + share * (LARGEST_PX - SMALLEST_PX) }}>{text}</span>
                    <small>{t("reports.calls", { count: calls })}</small>
                  </Link>
                );
              })}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
