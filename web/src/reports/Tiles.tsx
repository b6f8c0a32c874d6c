import type { Field, Report } from "./api";
import { FieldName } from "./FieldName";
import { boundsText, valueText } from "./figures";
import styles from "./ReportsPage.module.css";

interface Props {
  report: Report;
  fields: readonly Field[];
  /** The figure that is drawn. */
  chosen: string;
  choose: (fieldId: string) => void;
}

/** The figures of all calls of the report, large; a click draws one. */
export function Tiles({ report, fields, chosen, choose }: Props): React.JSX.Element {
  return (
    <ul className={styles.tiles}>
      {fields.map((field) => {
        const cell = report.total.cells[field.field_id];
        if (cell === undefined) return null;
        return (
          <li key={field.field_id} data-chosen={field.field_id === chosen}>
            <FieldName field={field} />
            <button
              type="button"
              aria-pressed={field.field_id === chosen}
              data-testid={`figure-${field.field_id}`}
              onClick={() => {
                choose(field.field_id);
              }}
            >
              <strong>{cell.value === null ? "–" : valueText(cell.value, field.unit)}</strong>
              <small>{boundsText(cell, field.unit)}</small>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
