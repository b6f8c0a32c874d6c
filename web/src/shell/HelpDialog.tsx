import { Modal } from "antd";
import { useTranslation } from "react-i18next";

import styles from "./HelpDialog.module.css";

const OF_CALL = [
  { keys: ["Space", "K"], text: "help.play" },
  { keys: ["←", "→"], text: "help.step" },
  { keys: ["J", "L"], text: "help.leap" },
  { keys: ["↑", "↓"], text: "help.line" },
  { keys: ["E"], text: "help.correct" },
] as const;
const OF_HELP = { keys: ["?"], text: "help.help" } as const;

const SHORTCUTS = {
  desk: [
    { keys: ["A"], text: "help.accept" },
    { keys: ["D"], text: "help.dismiss" },
    { keys: ["C"], text: "help.copy" },
    { keys: ["W"], text: "help.why" },
    { keys: ["J", "K"], text: "help.next" },
    OF_HELP,
  ],
  call: [...OF_CALL, OF_HELP],
  review: [
    ...OF_CALL,
    { keys: ["N", "P"], text: "help.item" },
    { keys: ["0", "…", "9"], text: "help.value" },
    { keys: ["X"], text: "help.not-applicable" },
    { keys: ["V"], text: "help.evidence" },
    { keys: ["R"], text: "help.reason" },
    OF_HELP,
  ],
} as const;

interface Props {
  /** The page whose keys are told. */
  of: keyof typeof SHORTCUTS;
  open: boolean;
  close: () => void;
}

export function HelpDialog({ of, open, close }: Props): React.JSX.Element {
  const { t } = useTranslation();
  return (
    <Modal open={open} onCancel={close} footer={null} title={t("help.title")} width={400}>
      <dl className={styles.shortcuts}>
        {SHORTCUTS[of].map(({ keys, text }) => (
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
