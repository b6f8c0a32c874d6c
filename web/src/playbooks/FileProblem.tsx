import { Button } from "antd";
import { useTranslation } from "react-i18next";

import type { PlaybookRow } from "./api";
import { Notice } from "./Notice";

interface Props {
  playbook: PlaybookRow;
  /** Shows the line in the editor. */
  show?: (line: number) => void;
}

/** Why the file on the disk is not in use, and what is. */
export function FileProblem({ playbook, show }: Props): React.JSX.Element | null {
  const { t } = useTranslation();
  const { problem, running } = playbook;
  if (!problem) return null;
  const { line, message } = problem;
  const file = playbook.file ?? "";
  return (
    <Notice
      tone={running ? "warning" : "error"}
      data-testid="file-problem"
      title={running ? t("playbooks.kept", { file, version: running.version }) : t("playbooks.broken", { file })}
      actions={
        show &&
        line !== null && (
          <Button
            size="small"
            onClick={() => {
              show(line);
            }}
          >
            {t("playbooks.show-line", { line })}
          </Button>
        )
      }
    >
      {line === null ? message : t("playbooks.at-line", { line, message })}
    </Notice>
  );
}
