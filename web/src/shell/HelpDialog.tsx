import { Modal } from "antd";
import { useTranslation } from "react-i18next";

import styles from "./HelpDialog.module.css";

const SHORTCUTS = [
  { keys: ["A"], text: "help.accept" },
  { keys: ["D"], text: "help.dismiss" },
  { keys: ["C"], text: "help.copy" },
  { keys: ["W"], text: "help.why" },
  { keys: ["J", "K"], text: "help.next" },
  { keys: ["?"], text: "help.help" },
] as const;

export function HelpDialog({ open, close }: { open: boolean; close: () => void }): React.JSX.Element {
  const { t } = useTranslation();
  return (
    <Modal open={open} onCancel={close} footer={null} title={t("help.title")} width={400}>
      <dl className={styles.shortcuts}>
        {SHORTCUTS.map(({ keys, text }) => (
          <div key={text}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(text)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
