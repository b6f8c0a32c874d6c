import { useTranslation } from "react-i18next";

import { clockTime } from "../shared/format";
import { FLAG_ICONS } from "../shared/icons";
import { useTexts } from "../shared/useTexts";
import { Link } from "../shell/Link";
import type { Felt, FoundCall } from "./api";
import styles from "./ArchivePage.module.css";
import { VERDICTS } from "./question";
import { SnippetLine } from "./SnippetLine";

const MOST_INTENTS = 4;

/** A call that was found: who and when, what happened, and the words that were looked for. */
export function ResultCard({ call }: { call: FoundCall }): React.JSX.Element {
  const { t, language, nameOf } = useTexts();
  const { document, snippets } = call;
  const { call_id, flags, offers, feelings, intents } = document;
  const when = new Date(document.opened_at).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
  const told = VERDICTS.flatMap((verdict) =>
    verdict === "met" ? [] : flags.filter((flag) => flag.verdict === verdict),
  );
  return (
    <article className={styles.card} data-testid={`found-${call_id}`}>
      <header>
        <h2>
          <Link to={{ page: "call", callId: call_id }} data-testid={`open-${call_id}`}>
            {document.customer_name || document.customer_id || t("calls.unknown-customer")}
          </Link>
        </h2>
        <span>{t("call.agent", { name: document.agent_name || document.agent_id || "–" })}</span>
        <time dateTime={document.opened_at}>{when}</time>
        <span className={styles.length}>{clockTime(document.duration_ms)}</span>
      </header>
      <ul className={styles.marks}>
        {document.is_practice && <li data-kind="practice">{t("archive.practice")}</li>}
        {told.map(({ flag_id, verdict, title, at_ms }) => {
          const Icon = FLAG_ICONS[verdict];
          return (
            <li key={flag_id} data-verdict={verdict} title={t(`verdict.${verdict}`)}>
              <Link to={{ page: "call", callId: call_id, at_ms, flagId: flag_id }}>
                <Icon /> {title}
              </Link>
            </li>
          );
        })}
        {feelings.length > 0 && <Course feelings={feelings} />}
        {offers.map(({ title, reaction, is_sold }) => (
          <li key={title} data-kind="offer">
            {title}
            {reaction !== null && ` · ${t(`reaction.${reaction}`)}`}
            {is_sold && ` · ${t("result.sold")}`}
          </li>
        ))}
        {intents.slice(0, MOST_INTENTS).map((intent) => (
          <li key={intent}>{nameOf("intent", intent)}</li>
        ))}
      </ul>
      {snippets.length > 0 && (
        <ul className={styles.snippets}>
          {snippets.map((snippet) => (
            <SnippetLine key={snippet.utterance_id} callId={call_id} snippet={snippet} />
          ))}
        </ul>
      )}
    </article>
  );
}

/** How the customer felt at first, at the least pleasant moment and at last; equals in a row once. */
function Course({ feelings }: { feelings: readonly Felt[] }): React.JSX.Element {
  const { t } = useTranslation();
  const { nameOf } = useTexts();
  const [first] = feelings;
  const last = feelings.at(-1);
  const worst = feelings.reduce((least, felt) => (felt.valence < least.valence ? felt : least));
  const course = [first, worst, last]
    .filter((felt) => felt !== undefined)
    .sort((one, other) => one.at_ms - other.at_ms)
    .map(({ label }) => label)
    .filter((label, index, labels) => label !== labels[index - 1]);
  return (
    <li
      data-kind="course"
      data-mood={worst.intensity > 0 && worst.valence < 0 ? "low" : "even"}
      title={t("archive.course")}
    >
      {course.map((label) => nameOf("emotion", label)).join(" → ")}
    </li>
  );
}
