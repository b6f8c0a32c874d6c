import { Button, Input, InputNumber, Segmented, Select } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Party } from "../protocol.gen";
import type { Choices } from "./api";
import styles from "./ArchivePage.module.css";
import { beginOf, dayOf, lastDayBefore } from "./days";
import { filterCount, without, type NumberField, type Question, type TruthField } from "./question";
import { useFilterLists } from "./useFilterLists";

interface Props {
  question: Question;
  /** null until the server has told. */
  choices: Choices | null;
  change: (question: Question) => void;
}

const PARTIES: readonly (Party | "any")[] = ["any", "customer", "agent"];
const TRUTHS: readonly TruthField[] = ["repeat", "called_again", "practice"];
const NUMBERS: readonly NumberField[] = ["min_duration_s", "max_duration_s", "min_silence_s", "min_overtalk_s"];

/** Conditions beside the words, each a field of the question. */
export function Filters({ question, choices, change }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const lists = useFilterLists(question, choices);
  const { since, before, party = "any" } = question;
  /** The question with one field anew; undefined: it asks for nothing. */
  const put = <Field extends keyof Question>(field: Field, value: Question[Field] | undefined): void => {
    change({ ...without(question, field), ...(value !== undefined && { [field]: value }) });
  };
  return (
    <form className={styles.filters} aria-label={t("archive.filters")} data-testid="archive-filters">
      <Field name={t("archive.fields.party")}>
        <Segmented<Party | "any">
          block
          value={party}
          options={PARTIES.map((value) => ({ value, label: t(`archive.parties.${value}`) }))}
          onChange={(value) => {
            put("party", value === "any" ? undefined : value);
          }}
        />
      </Field>
      <Field name={t("archive.fields.days")}>
        <div className={styles.days}>
          <Input
            type="date"
            value={dayOf(since)}
            aria-label={t("archive.fields.since")}
            onChange={({ target }) => {
              put("since", beginOf(target.value));
            }}
          />
          <Input
            type="date"
            value={lastDayBefore(before)}
            aria-label={t("archive.fields.before")}
            onChange={({ target }) => {
              put("before", beginOf(target.value, 1));
            }}
          />
        </div>
      </Field>
      {lists.map(([field, options]) => (
        <Field key={field} name={t(`archive.fields.${field}`)}>
          <Select
            mode="multiple"
            allowClear
            maxTagCount="responsive"
            showSearch={{ optionFilterProp: "label" }}
            value={[...(question[field] ?? [])]}
            options={[...options]}
            placeholder={t("archive.any")}
            aria-label={t(`archive.fields.${field}`)}
            data-testid={`archive-${field}`}
            onChange={(values: string[]) => {
              put(field, values.length > 0 ? values : undefined);
            }}
          />
        </Field>
      ))}
      {TRUTHS.map((field) => (
        <Field key={field} name={t(`archive.fields.${field}`)}>
          <Select
            allowClear
            value={question[field] ?? null}
            options={(["true", "false"] as const).map((value) => ({ value, label: t(`archive.truth.${value}`) }))}
            placeholder={t("archive.any")}
            aria-label={t(`archive.fields.${field}`)}
            onChange={(value: Question[TruthField]) => {
              put(field, value);
            }}
          />
        </Field>
      ))}
      {NUMBERS.map((field) => (
        <Field key={field} name={t(`archive.fields.${field}`)}>
          <InputNumber
            min={0}
            max={100_000}
            value={question[field] ?? null}
            suffix={t("archive.seconds")}
            aria-label={t(`archive.fields.${field}`)}
            onChange={(value) => {
              put(field, value ?? undefined);
            }}
          />
        </Field>
      ))}
      {filterCount(question) > 0 && (
        <Button
          block
          data-testid="archive-clear"
          onClick={() => {
            const { q, by, order } = question;
            change({
              ...(q !== undefined && { q }),
              ...(by !== undefined && { by }),
              ...(order !== undefined && { order }),
            });
          }}
        >
          {t("archive.clear")}
        </Button>
      )}
    </form>
  );
}

function Field({ name, children }: { name: string; children: ReactNode }): React.JSX.Element {
  return (
    <div>
      <span aria-hidden="true">{name}</span>
      {children}
    </div>
  );
}
