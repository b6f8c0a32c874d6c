import { CheckCircleFilled, EditOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { CallView, Disposition, FilingCode } from "../protocol.gen";
import type { Shine } from "../shared/spotlight";
import { usePastText } from "../shared/usePastText";
import { useDispositions } from "./useDispositions";
import { standingWrapUp, textOf, type GivenWrapUp } from "./wrapUp";
import { WrapUpForm } from "./WrapUpForm";
import styles from "./WrapUpPanel.module.css";

interface Props {
  view: CallView;
  /** Whether this user may confirm it. */
  mayConfirm: boolean;
  confirm: (given: GivenWrapUp) => Promise<boolean>;
  shine: Shine;
}

/** What is left of a closed call: a proposal with its evidence, until a person confirms it in words of their own. */
export function WrapUpPanel({ view, mayConfirm, confirm, shine }: Props): React.JSX.Element | null {
  const { t } = useTranslation();
  const [isEditing, setIsEditing] = useState(false);
  const standing = standingWrapUp(view);
  if (standing === null) return null;
  const { confirmed } = view;
  return (
    <section className={styles.panel} aria-label={t("wrap-up.title")} data-testid="wrap-up">
      <header className={styles.head}>
        <h2>{t("wrap-up.title")}</h2>
        <em data-confirmed={confirmed !== null}>
          {confirmed !== null && <CheckCircleFilled />}{" "}
          {t(confirmed === null ? "wrap-up.proposal" : "wrap-up.confirmed")}
        </em>
        {mayConfirm && !isEditing && (
          <Button
            size="small"
            type={confirmed === null ? "primary" : "default"}
            icon={<EditOutlined />}
            onClick={() => {
              setIsEditing(true);
            }}
          >
            {t(confirmed === null ? "wrap-up.check" : "wrap-up.edit")}
          </Button>
        )}
      </header>
      <div key={String(isEditing)} className={styles.scroller}>
        {isEditing ? (
          <WrapUpForm
            standing={standing}
            view={view}
            confirm={async (given) => {
              if (await confirm(given)) setIsEditing(false);
            }}
            cancel={() => {
              setIsEditing(false);
            }}
          />
        ) : (
          <WrapUpText view={view} shine={shine} />
        )}
      </div>
    </section>
  );
}

function WrapUpText({ view, shine }: { view: CallView; shine: Shine }): React.JSX.Element {
  const { t, i18n } = useTranslation();
  const { when } = usePastText();
  const standing = standingWrapUp(view);
  const sentences = view.confirmed === null ? (view.wrap_up?.sentences ?? []) : [];
  return (
    <>
      {standing && <Filed disposition={standing.disposition} codes={view.wrap_up?.codes ?? []} />}
      {view.confirmed !== null && <p className={styles.text}>{view.confirmed.text}</p>}
      <ul className={styles.sentences}>
        {sentences.map((sentence, index) => (
          <li key={index} data-part={sentence.part}>
            <button
              type="button"
              title={t("wrap-up.show")}
              data-testid="wrap-up-sentence"
              onClick={() => {
                const line = view.lines.find((one) => sentence.utterance_ids.includes(one.utterance_id));
                shine({ utteranceId: line?.utterance_id ?? null, start_ms: line?.start_ms ?? 0 });
              }}
            >
              <b>{t(`wrap-up.part.${sentence.part}`)}</b>
              <span>{textOf(sentence, i18n.language)}</span>
            </button>
          </li>
        ))}
      </ul>
      {view.confirmed !== null && standing !== null && standing.promises.length > 0 && (
        <ul className={styles.promises} aria-label={t("wrap-up.promises")}>
          {standing.promises.map((promise) => (
            <li key={promise.promise_id}>
              <b>{t(`wrap-up.kind.${promise.kind}`)}</b> {promise.quote}
              {promise.due_at !== null && <time>{t("wrap-up.due", { when: when(promise.due_at) })}</time>}
            </li>
          ))}
        </ul>
      )}
      {view.pushed !== null && (
        <small className={styles.pushed} data-state={view.pushed.state}>
          {t(`wrap-up.pushed.${view.pushed.state}`)}
        </small>
      )}
    </>
  );
}

interface FiledProps {
  disposition: Disposition;
  codes: readonly FilingCode[];
}

function Filed({ disposition, codes }: FiledProps): React.JSX.Element {
  const { t } = useTranslation();
  const { nameOf } = useDispositions(codes);
  return (
    <p className={styles.filed}>
      <b>{t("wrap-up.disposition")}</b>
      {`${nameOf("reasons", disposition.reason)} · ${nameOf("results", disposition.result)}`}
    </p>
  );
}
