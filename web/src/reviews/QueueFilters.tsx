import { Checkbox, Select } from "antd";
import { useTranslation } from "react-i18next";

import { listChoices } from "../archive/api";
import { useRead } from "../useRead";
import type { Report } from "../useReport";
import type { ReviewKind, ReviewOrigin } from "./api";
import { without, type Question } from "./question";

interface Props {
  question: Question;
  ask: (question: Question) => void;
  report: Report;
}

const ORIGINS: readonly ReviewOrigin[] = ["risk", "random", "chosen"];
const KINDS: readonly ReviewKind[] = ["audit", "calibration"];
const REVIEWERS = ["me", "none"] as const;

/** Conditions of the list of reviews. */
export function QueueFilters({ question, ask, report }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const { value: choices } = useRead(listChoices, report);
  const put = <Field extends keyof Question>(field: Field, value: Question[Field] | undefined): void => {
    ask({ ...without(question, field), ...(value !== undefined && { [field]: value }) });
  };
  return (
    <>
      <Select<ReviewOrigin>
        allowClear
        value={question.origin ?? null}
        placeholder={t("reviews.origin-title")}
        aria-label={t("reviews.origin-title")}
        options={ORIGINS.map((value) => ({ value, label: t(`reviews.origin.${value}`) }))}
        onChange={(value: ReviewOrigin | undefined) => {
          put("origin", value);
        }}
      />
      <Select<string>
        allowClear
        value={question.reviewer ?? null}
        placeholder={t("reviews.reviewer")}
        aria-label={t("reviews.reviewer")}
        options={REVIEWERS.map((value) => ({ value, label: t(`reviews.reviewers.${value}`) }))}
        onChange={(value: string | undefined) => {
          put("reviewer", value);
        }}
      />
      <Select<string>
        allowClear
        showSearch={{ optionFilterProp: "label" }}
        value={question.agent ?? null}
        placeholder={t("archive.fields.agent")}
        aria-label={t("archive.fields.agent")}
        options={(choices?.agents ?? []).map(({ code, title }) => ({
          value: code,
          label: title === "" ? code : `${title} ${code}`,
        }))}
        onChange={(value: string | undefined) => {
          put("agent", value);
        }}
      />
      <Select<ReviewKind>
        allowClear
        value={question.kind ?? null}
        placeholder={t("reviews.kind-title")}
        aria-label={t("reviews.kind-title")}
        options={KINDS.map((value) => ({ value, label: t(`reviews.kind.${value}`) }))}
        onChange={(value: ReviewKind | undefined) => {
          put("kind", value);
        }}
      />
      <Checkbox
        checked={question.overdue !== undefined}
        onChange={({ target }) => {
          put("overdue", target.checked ? "true" : undefined);
        }}
      >
        {t("reviews.only-overdue")}
      </Checkbox>
    </>
  );
}
