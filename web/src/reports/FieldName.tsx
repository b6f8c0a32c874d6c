import { InfoCircleOutlined } from "@ant-design/icons";
import { Popover } from "antd";
import { useTranslation } from "react-i18next";

import type { Field } from "./api";
import styles from "./ReportsPage.module.css";

/** The name of a figure, with its definition for whoever points at it or comes to it by keyboard. */
export function FieldName({ field }: { field: Field }): React.JSX.Element {
  const { i18n } = useTranslation();
  const { name } = i18n.language === "en" ? field.en : field.zh;
  return (
    <span className={styles.fieldName}>
      {name}
      <Popover content={<Definition field={field} />} title={name} trigger={["hover", "focus"]}>
        <button type="button" className={styles.info} aria-label={name} data-testid={`define-${field.field_id}`}>
          <InfoCircleOutlined />
        </button>
      </Popover>
    </span>
  );
}

/** What a figure is: formula, unit, what is left out, and the events it is made of. */
export function Definition({ field }: { field: Field }): React.JSX.Element {
  const { t, i18n } = useTranslation();
  const { formula, left_out } = i18n.language === "en" ? field.en : field.zh;
  return (
    <dl className={styles.definition} data-testid={`definition-${field.field_id}`}>
      <dt>{t("reports.definition.formula")}</dt>
      <dd>{formula}</dd>
      <dt>{t("reports.definition.unit")}</dt>
      <dd>{t(`reports.units.${field.unit}`)}</dd>
      {left_out !== "" && <dt>{t("reports.definition.left-out")}</dt>}
      {left_out !== "" && <dd>{left_out}</dd>}
      <dt>{t("reports.definition.sources")}</dt>
      <dd>
        <code>{field.sources.join(", ")}</code>
      </dd>
    </dl>
  );
}
