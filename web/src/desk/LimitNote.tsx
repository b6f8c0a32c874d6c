import { FieldTimeOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";

import type { PromptLimit } from "../protocol.gen";
import styles from "./NoteList.module.css";

const HOUR = {
  "agent.prompts_60m": "limit.prompts",
  "agent.calls_60m": "limit.calls",
  "agent.talk_min_60m": "limit.talk",
} as const;

function isOfHour(path: string): path is keyof typeof HOUR {
  return path in HOUR;
}

/** Why this agent is shown fewer cues than others: what the playbook says, and the facts that it goes by. */
export function LimitNote({ limits }: { limits: readonly PromptLimit[] }): React.JSX.Element | null {
  const { t } = useTranslation();
  if (limits.length === 0) return null;
  const told = (path: string, value: string): string =>
    isOfHour(path) ? t(HOUR[path], { value }) : t("limit.fact", { path, value });
  return (
    <ul className={styles.notes} aria-label={t("limit.title")} data-testid="limits">
      {limits.map(({ because, facts }) => (
        <li key={because}>
          <FieldTimeOutlined aria-hidden="true" />
          <span>{because}</span>
          <small>
            {Object.entries(facts)
              .map(([path, value]) => told(path, value))
              .join(" · ")}
          </small>
        </li>
      ))}
    </ul>
  );
}
