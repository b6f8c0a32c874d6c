import { BulbOutlined, PauseCircleOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";

import type { CallView, Evidence, NeedHeard, OfferHeldBack, PromptLeftOut } from "../protocol.gen";
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
      {view.held_back?.type === "prompt-left-out" && <LeftOut offer={view.held_back} />}
      {view.held_back?.type === "offer-held-back" && <HeldBack offer={view.held_back} shine={shine} />}
    </ul>
  );
}

/** The agent's attention had no room for it. */
function LeftOut({ offer: { title, reason, at_ms } }: { offer: PromptLeftOut }): React.JSX.Element {
  const { t } = useTranslation();
  return (
    <li data-testid="held-back" className={styles.held}>
      <PauseCircleOutlined aria-hidden="true" />
      <small>{t("need.left-out", { title, reason, time: clockTime(at_ms) })}</small>
    </li>
  );
}

/** Something else speaks against it now; of a state the playbook says what. */
function HeldBack({ offer, shine }: { offer: OfferHeldBack; shine: Shine }): React.JSX.Element {
  const { t } = useTranslation();
  const { title, hold, because, at_ms } = offer;
  const reason = hold === "state" ? because.reason : t(`need.holds.${hold}`);
  const isSaid = hold === "state" || hold === "refused";
  return (
    <li data-testid="held-back" className={styles.held}>
      <PauseCircleOutlined aria-hidden="true" />
      <small>{t("need.left-out", { title, reason, time: clockTime(at_ms) })}</small>
      {isSaid && <Quoted evidence={because.evidence} shine={shine} />}
    </li>
  );
}

/** The first words relied on, which lead to their place. */
function Quoted({ evidence, shine }: { evidence: readonly Evidence[]; shine: Shine }): React.JSX.Element | null {
  const { t } = useTranslation();
  const quoted = evidence.find(({ quote }) => quote !== "");
  if (quoted === undefined) return null;
  return (
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
  );
}

function Need({ need, view, shine }: { need: NeedHeard; view: CallView; shine: Shine }): React.JSX.Element {
  const { t } = useTranslation();
  return (
    <li data-testid={`need-${need.need_id}`}>
      <BulbOutlined aria-hidden="true" />
      <span>
        {t("need.heard")} <strong lang="zh-CN">{need.title}</strong>
      </span>
      <Quoted evidence={need.because.evidence} shine={shine} />
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
