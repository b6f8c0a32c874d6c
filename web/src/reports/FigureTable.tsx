import { useTranslation } from "react-i18next";

import { askedOf } from "../archive/question";
import { Link } from "../shell/Link";
import { questionFor, type Field, type Report, type Row } from "./api";
import type { By } from "./asking";
import { FieldName } from "./FieldName";
import { boundsText, valueText } from "./figures";
import styles from "./ReportsPage.module.css";
import { useRowName } from "./useRowName";

interface Props {
  rows: readonly Row[];
  /** Absent: no last row of all calls. */
  total?: Report["total"];
  by: By;
  fields: readonly Field[];
  label: string;
}

/** Figures by row; each leads to the calls that it counts. */
export function FigureTable({ rows, total, by, fields, label }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const nameOf = useRowName(by);
  return (
    <div className={styles.scroller}>
      <table aria-label={label} data-testid={`table-${by}`}>
        <thead>
          <tr>
            <th scope="col">{t(`reports.by.${by}`)}</th>
            {fields.map((field) => (
              <th key={field.field_id} scope="col">
                <FieldName field={field} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...rows, ...(total ? [total] : [])].map((row) => (
            <tr key={row.code} data-code={row.code}>
              <th scope="row">{nameOf(row)}</th>
              {fields.map((field) => (
                <td key={field.field_id}>
                  <Figure row={row} field={field} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Figure({ row, field }: { row: Row; field: Field }): React.JSX.Element | null {
  const { t } = useTranslation();
  const cell = row.cells[field.field_id];
  if (cell === undefined) return null;
  if (cell.value === null) return <span title={t("reports.no-calls")}>–</span>;
  const question = questionFor(row, field);
  const text = valueText(cell.value, field.unit);
  return (
    <>
      {question === null ? (
        text
      ) : (
        <Link to={{ page: "archive", asked: askedOf(question) }} data-testid={`calls-${row.code}-${field.field_id}`}>
          {text}
        </Link>
      )}
      <small title={t("reports.of-calls", { count: cell.calls })}>{boundsText(cell, field.unit)}</small>
    </>
  );
}
