import { ArrowDownOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { startTransition, useEffect, useMemo, useState } from "react";

import { ConversationTable } from "../shared/ConversationTable";
import { LegNotices } from "../shared/LegNotices";
import { FeelingsBand } from "../shared/FeelingsBand";
import { shownTime } from "../shared/feelingsCourse";
import { notesOf, type Note } from "../shared/lineNotes";
import { markersOf, type Marker } from "../shared/markers";
import type { Shine, Spotlight } from "../shared/spotlight";
import styles from "../shared/Transcript.module.css";
import { TranscriptLine } from "../shared/TranscriptLine";
import { useLitLine } from "../shared/useLitLine";
import { useTexts } from "../shared/useTexts";
import type { WatchedCall } from "../state/deskState";
import { SwapLegs } from "./SwapLegs";
import { useStickToEnd } from "./useStickToEnd";

interface Props {
  call: WatchedCall;
  spotlight: Spotlight | null;
  shine: Shine;
  /** Whether the connection is down, so that what is shown may lag behind the call. */
  isStale: boolean;
  /** Exchange agent and customer; null: not here. */
  swap?: (() => Promise<boolean>) | null;
  className: string;
}

/** Lines of the first frame: a screenful and more. */
const FIRST_LINES = 120;
// Shared, so that lines without any are not drawn again.
const NO_MARKERS: readonly Marker[] = [];
const NO_NOTES: readonly Note[] = [];

/** What both parties said and are saying: the customer's lane left, the agent's further right. */
export function Transcript({ call, spotlight, shine, isStale, swap = null, className }: Props): React.JSX.Element {
  const texts = useTexts();
  const { t } = texts;
  const { view } = call;
  const { lines, prompts, flags, gaps, exchanged, speaking } = view;
  // A long call opens with its latest lines; the earlier ones follow without holding up clicks and words.
  const [isWhole, setIsWhole] = useState(lines.length <= FIRST_LINES);
  const first = isWhole ? 0 : Math.max(0, lines.length - FIRST_LINES);
  const { scroller, atEnd, goToEnd, goTo } = useStickToEnd(view);
  const markers = useMemo(() => markersOf(prompts, flags), [prompts, flags]);
  const notes = useMemo(() => notesOf(lines, gaps, exchanged), [lines, gaps, exchanged]);
  const lit = useLitLine(lines, spotlight);

  useEffect(() => {
    if (spotlight === null || lit === null) return;
    const element = scroller.current;
    const line = element?.querySelector<HTMLElement>(`[data-testid="line-${CSS.escape(lit)}"]`);
    // Not scrollIntoView, which would scroll the panels around the transcript too.
    if (element && line) goTo(line.offsetTop - element.clientHeight / 2);
  }, [scroller, spotlight, lit, goTo]);

  useEffect(() => {
    startTransition(() => {
      setIsWhole(true);
    });
  }, []);

  const isClosed = view.status === "closed";
  return (
    <section className={`${styles.panel} ${className}`} aria-label={t("transcript.title")} data-testid="transcript">
      <header className={styles.head}>
        <h2>{isClosed ? t("transcript.title-closed") : t("transcript.title")}</h2>
        <span data-party="customer">{t("party.customer")}</span>
        <span data-party="agent">{t("party.agent")}</span>
        {swap && <SwapLegs swap={swap} />}
      </header>
      <LegNotices view={view} />
      <FeelingsBand feelings={view.feelings} time_ms={shownTime(view.position_ms)} shine={shine} />
      <div className={styles.scroller} ref={scroller} data-held={!atEnd} tabIndex={0}>
        {lines.length === 0 && (
          <p className={styles.empty}>{isClosed ? t("transcript.empty-closed") : t("transcript.empty")}</p>
        )}
        <ol className={styles.lines}>
          {lines.slice(first).map((line, index) => (
            <TranscriptLine
              key={line.utterance_id}
              line={line}
              markers={markers.get(line.utterance_id) ?? NO_MARKERS}
              notes={notes.get(line.utterance_id) ?? NO_NOTES}
              litSerial={spotlight !== null && lit === line.utterance_id ? spotlight.serial : 0}
              texts={texts}
              follows={lines[first + index - 1]?.party === line.party}
            />
          ))}
        </ol>
        {view.closed?.conversation && <ConversationTable conversation={view.closed.conversation} shine={shine} />}
      </div>
      {!atEnd && (
        <Button
          className={styles.latest ?? ""}
          shape="round"
          type="primary"
          icon={<ArrowDownOutlined />}
          data-testid="latest"
          onClick={goToEnd}
        >
          {t("transcript.latest")}
        </Button>
      )}
      <footer className={styles.foot} data-testid="speaking">
        {isClosed && view.closed && t("call.ended", { cause: t(`cause.${view.closed.cause}`) })}
        {!isClosed && isStale && t("transcript.stale")}
        {!isClosed && !isStale && speaking.length === 0 && t("transcript.listening")}
        {(isStale ? [] : speaking).map((party) => (
          <span key={party} className={styles.speaking} data-party={party}>
            <i />
            <i />
            <i />
            {t("transcript.speaking", { party: t(`party.${party}`) })}
          </span>
        ))}
      </footer>
    </section>
  );
}
