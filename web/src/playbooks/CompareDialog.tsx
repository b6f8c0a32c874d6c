import { Modal, Select, Spin } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { textOf, type Version, type Which } from "./api";
import { DiffView } from "./editor/DiffView";
import styles from "./CompareDialog.module.css";

/** The text in the editor, beside those that the server has. */
type Side = Which | "edited";

interface Props {
  name: string;
  versions: readonly Version[];
  before: Which;
  after?: Side;
  edited: string;
  close: () => void;
}

/** What one text changes in another; both can be chosen. */
export function CompareDialog(props: Props): React.JSX.Element {
  const { name, versions, edited, close } = props;
  const { t } = useTranslation();
  const [before, setBefore] = useState<Side>(props.before);
  const [after, setAfter] = useState<Side>(props.after ?? "edited");
  const old = useText(name, before, edited);
  const current = useText(name, after, edited);
  const options: { value: Side; label: string }[] = [
    { value: "edited", label: t("playbooks.edited") },
    ...versions.map(({ number, version }) => ({ value: number, label: t("playbooks.version", { number, version }) })),
  ];
  if (before === "draft") options.splice(1, 0, { value: "draft", label: t("playbooks.their-draft") });
  return (
    <Modal open footer={null} width="min(1100px, 96vw)" title={t("playbooks.compare")} onCancel={close}>
      <div className={styles.sides}>
        <Select value={before} options={options} onChange={setBefore} aria-label={t("playbooks.before")} />
        <span aria-hidden="true">→</span>
        <Select value={after} options={options} onChange={setAfter} aria-label={t("playbooks.after")} />
      </div>
      <div className={styles.diff}>
        {old === null || current === null ? (
          <Spin />
        ) : old === current ? (
          <p>{t("playbooks.equal")}</p>
        ) : (
          <DiffView before={old} after={current} />
        )}
      </div>
    </Modal>
  );
}

function useText(name: string, side: Side, edited: string): string | null {
  const [read, setRead] = useState<{ side: Side; text: string } | null>(null);
  useEffect(() => {
    if (side === "edited") return undefined;
    let isWanted = true;
    void textOf(name, side)
      .catch(() => "")
      .then((text) => {
        if (isWanted) setRead({ side, text });
      });
    return () => {
      isWanted = false;
    };
  }, [name, side]);
  if (side === "edited") return edited;
  return read?.side === side ? read.text : null;
}
