import { BulbOutlined, PauseCircleOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";

import type { CallView, NeedHeard, PromptLeftOut } from "../protocol.gen";
import { clockTime } from "../shared/format";
import type { Shine } from "../shared/spotlight";
import styles from "./NeedList.module.css";
import { answerTo } from "./needs";

/** What the customer was heard to need, in which words, and what became of it: offered, taken back, not yet. */
export function NeedList({ view, shine }: { view: CallView; shine: Shine }): React.JSX.Element | null {
  const { t } = useTranslation();
  if (view.needs.length === 0) return null;
  return (
    <ul className={styles.needs} aria-label={t("need.title")} data-testid="needs">
      {view.needs.map((need) => (
        <Need key={need.need_id} need={need} view={view} shine={shine} />
      ))}
      {view.held_back && <HeldBack offer={view.held_back} />}
    </ul>
  );
}

/** The agent's attention had no room for it. */
function HeldBack({ offer: { title, reason, at_ms } }: { offer: PromptLeftOut }): React.JSX.Element {
  const { t } = useTranslation();
  return (
    <li data-testid="held-back" className={styles.held}>
      <PauseCircleOutlined aria-hidden="true" />
      <small>{t("need.left-out", { title, reason, time: clockTime(at_ms) })}</small>
    </li>
  );
}

function Need({ need, view, shine }: { need: NeedHeard; view: CallView; shine: Shine }): React.JSX.Element {
  const { t } = useTranslation();
  const quoted = need.because.evidence.find(({ quote }) => quote !== "");
  return (
    <li data-testid={`need-${need.need_id}`}>
      <BulbOutlined aria-hidden="true" />
      <span>
        {t("need.heard")} <strong lang="zh-CN">{need.title}</strong>
      </span>
      {quoted && (
        <button
          type="button"
          lang="zh-CN"
          title={t("why.show")}
          onClick={() => {
            shine({ utteranceId: quoted.utterance_id, start_ms: quoted.start_ms });
          }}
        >
          “{quoted.quote}”
        </button>
      )}
      <Standing need={need} view={view} />
    </li>
  );
}

function Standing({ need, view }: { need: NeedHeard; view: CallView }): React.JSX.Element {
  const { t } = useTranslation();
  const card = answerTo(need, view.prompts);
  if (card === null) return <small>{t(need.is_request ? "need.asked" : "need.waits")}</small>;
  const title = card.prompt.pitch?.title ?? card.prompt.title;
  if (card.state !== "withdrawn") return <small data-state="offered">{t("need.offered", { title })}</small>;
  return <small>{t("need.withdrawn", { title, reason: card.gone_because })}</small>;
}
