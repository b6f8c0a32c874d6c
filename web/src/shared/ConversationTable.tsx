import { useTranslation } from "react-i18next";

import type { ConversationMeasures, PartyMeasures } from "../protocol.gen";
import styles from "./ConversationTable.module.css";
import { clockTime, seconds } from "./format";
import type { Shine } from "./spotlight";

interface Props {
  conversation: ConversationMeasures;
  shine: Shine;
}

/** How the conversation went, once it is over: who spoke how much and how fast, waits, interruptions, monologues. */
export function ConversationTable({ conversation, shine }: Props): React.JSX.Element | null {
  const { t } = useTranslation();
  const { parties, silences, longest_silence_ms } = conversation;
  if (parties.every((one) => one.utterances === 0)) return null;
  const none = t("conversation.none");
  const rows: readonly (readonly [string, (one: PartyMeasures) => React.ReactNode])[] = [
    [t("conversation.talk"), (one) => `${clockTime(one.speech_ms)} · ${Math.round(one.talk_ratio * 100)}%`],
    [
      t("conversation.rate"),
      (one) =>
        one.chars_per_min === null ? none : t("conversation.per-minute", { count: Math.round(one.chars_per_min) }),
    ],
    [
      t("conversation.response"),
      ({ response_p50_ms: usual_ms, response_max_ms: most_ms }) =>
        usual_ms === null || most_ms === null
          ? none
          : t("conversation.usual-most", { usual: seconds(usual_ms), most: seconds(most_ms) }),
    ],
    [
      t("conversation.overtalk"),
      (one) =>
        one.overtalks === 0
          ? none
          : t("conversation.times", { count: one.overtalks, seconds: seconds(one.overtalk_ms) }),
    ],
    [t("conversation.monologue"), (one) => <Monologue measures={one} shine={shine} />],
  ];
  return (
    <section className={styles.conversation} aria-label={t("conversation.title")} data-testid="conversation">
      <table>
        <thead>
          <tr>
            <th scope="col">{t("conversation.title")}</th>
            {parties.map(({ party }) => (
              <th key={party} scope="col" data-party={party}>
                {t(`party.${party}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {parties.map((one) => (
                <td key={one.party}>{value(one)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        {silences === 0
          ? t("conversation.no-silence")
          : t("conversation.silence", { count: silences, seconds: seconds(longest_silence_ms) })}
      </p>
    </section>
  );
}

function Monologue({ measures, shine }: { measures: PartyMeasures; shine: Shine }): React.JSX.Element {
  const { t } = useTranslation();
  const { longest_monologue_ms: length_ms, longest_monologue_start_ms: start_ms } = measures;
  if (start_ms === null) return <>{t("conversation.none")}</>;
  return (
    <button
      type="button"
      title={t("why.show")}
      onClick={() => {
        shine({ utteranceId: null, start_ms });
      }}
    >
      {t("conversation.seconds", { seconds: seconds(length_ms) })}
      <time>{clockTime(start_ms)}</time>
    </button>
  );
}
