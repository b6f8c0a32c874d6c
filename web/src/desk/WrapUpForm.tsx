import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { CallView, PromiseKind } from "../protocol.gen";
import { useDispositions } from "./useDispositions";
import {
  instantOf,
  localInput,
  startingText,
  type GivenPromise,
  type GivenWrapUp,
  type StandingWrapUp,
} from "./wrapUp";
import styles from "./WrapUpPanel.module.css";

const KINDS: readonly PromiseKind[] = ["call-back", "visit", "refund", "message", "change", "follow-up", "other"];

interface Props {
  standing: StandingWrapUp;
  view: CallView;
  confirm: (given: GivenWrapUp) => Promise<void>;
  cancel: () => void;
}

/** Text, codes and promises of a wrap-up, to be put right and confirmed. */
export function WrapUpForm({ standing, view, confirm, cancel }: Props): React.JSX.Element {
  const { t, i18n } = useTranslation();
  const { tree, nameOf } = useDispositions(view.wrap_up?.codes);
  const [text, setText] = useState(() => startingText(view, i18n.language));
  const [disposition, setDisposition] = useState(standing.disposition);
  const [promises, setPromises] = useState<readonly GivenPromise[]>(() =>
    standing.promises.map(({ promise_id, kind, quote, due_at }) => ({ promise_id, kind, quote, due_at })),
  );
  const [isSending, setIsSending] = useState(false);
  const isWhole = text.trim() !== "" && promises.every(({ quote }) => quote.trim() !== "");
  const send = async (): Promise<void> => {
    setIsSending(true);
    await confirm({ text, language: i18n.language.startsWith("zh") ? "zh" : "en", disposition, promises });
    setIsSending(false);
  };
  const codes = (half: "reasons" | "results"): { value: string; label: string }[] =>
    tree[half].map(({ code }) => ({ value: code, label: nameOf(half, code) }));
  return (
    <div className={styles.form} data-testid="wrap-up-form">
      <div className={styles.codes}>
        <Select
          aria-label={t("wrap-up.reason")}
          value={disposition.reason}
          options={codes("reasons")}
          onChange={(reason) => {
            setDisposition({ ...disposition, reason });
          }}
        />
        <Select
          aria-label={t("wrap-up.result")}
          value={disposition.result}
          options={codes("results")}
          onChange={(result) => {
            setDisposition({ ...disposition, result });
          }}
        />
      </div>
      <Input.TextArea
        aria-label={t("wrap-up.text")}
        autoSize={{ minRows: 4, maxRows: 12 }}
        maxLength={20_000}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
        }}
      />
      <h3>{t("wrap-up.promises")}</h3>
      {promises.map((promise, place) => (
        <PromiseRow
          key={place}
          promise={promise}
          change={(changed) => {
            setPromises(promises.with(place, changed));
          }}
          remove={() => {
            setPromises(promises.toSpliced(place, 1));
          }}
        />
      ))}
      <Button
        type="dashed"
        size="small"
        icon={<PlusOutlined />}
        onClick={() => {
          setPromises([...promises, { promise_id: null, kind: "call-back", quote: "", due_at: null }]);
        }}
      >
        {t("wrap-up.add-promise")}
      </Button>
      <footer>
        <Button onClick={cancel}>{t("wrap-up.cancel")}</Button>
        <Button
          type="primary"
          disabled={!isWhole}
          loading={isSending}
          onClick={() => {
            void send();
          }}
        >
          {t("wrap-up.confirm")}
        </Button>
      </footer>
    </div>
  );
}

interface RowProps {
  promise: GivenPromise;
  change: (promise: GivenPromise) => void;
  remove: () => void;
}

function PromiseRow({ promise, change, remove }: RowProps): React.JSX.Element {
  const { t } = useTranslation();
  return (
    <div className={styles.promise} data-testid="promise-row">
      <Select
        aria-label={t("wrap-up.what")}
        value={promise.kind}
        options={KINDS.map((value) => ({ value, label: t(`wrap-up.kind.${value}`) }))}
        onChange={(kind) => {
          change({ ...promise, kind });
        }}
      />
      <Input
        type="datetime-local"
        aria-label={t("wrap-up.due-at")}
        value={localInput(promise.due_at)}
        onChange={(event) => {
          change({ ...promise, due_at: instantOf(event.target.value) });
        }}
      />
      <Button aria-label={t("wrap-up.remove")} icon={<DeleteOutlined />} onClick={remove} />
      <Input
        aria-label={t("wrap-up.words")}
        value={promise.quote}
        maxLength={500}
        onChange={(event) => {
          change({ ...promise, quote: event.target.value });
        }}
      />
    </div>
  );
}
