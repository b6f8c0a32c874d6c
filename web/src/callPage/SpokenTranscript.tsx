import { VerticalAlignMiddleOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { memo, useCallback, useEffect, useMemo, useRef, useState } from "react";

import type { CallView, Line } from "../protocol.gen";
import { ConversationTable } from "../shared/ConversationTable";
import { LegNotices } from "../shared/LegNotices";
import { notesOf, type Note } from "../shared/lineNotes";
import { markersOf, type Marker } from "../shared/markers";
import type { Shine, Spotlight } from "../shared/spotlight";
import styles from "../shared/Transcript.module.css";
import { useLitLine } from "../shared/useLitLine";
import { useTexts, type Texts } from "../shared/useTexts";
import type { Player } from "./player";
import { saidNow, spokenAt, spokenIndexOf, spokenLinesOf, type SpokenLine } from "./spokenLines";
import { SpokenLineView, type LineActions } from "./SpokenLineView";
import { useAtPlayhead } from "./usePlayer";

interface Props {
  view: CallView;
  player: Player;
  spotlight: Spotlight | null;
  shine: Shine;
  actions: LineActions;
  /** The line that is being put right. */
  edited: string | null;
  /** In its head. */
  tools: React.ReactNode;
}

const GROUP_LINES = 50;
// Shared, so that lines without any are not drawn again.
const NO_MARKERS: readonly Marker[] = [];
const NO_NOTES: readonly Note[] = [];

/** What both parties said, going along with what is heard. */
export function SpokenTranscript({ view, player, spotlight, shine, actions, edited, tools }: Props): React.JSX.Element {
  const texts = useTexts();
  const { t } = texts;
  const { lines, prompts, flags, gaps, exchanged } = view;
  const [known] = useState(() => new WeakMap<Line, SpokenLine>());
  const spoken = useMemo(() => spokenLinesOf(view, known), [view, known]);
  const index = useMemo(() => spokenIndexOf(spoken), [spoken]);
  const at = useAtPlayhead(
    player,
    useCallback((position_ms: number) => spokenAt(index, position_ms), [index]),
  );
  const markers = useMemo(() => markersOf(prompts, flags), [prompts, flags]);
  const notes = useMemo(() => notesOf(lines, gaps, exchanged), [lines, gaps, exchanged]);
  const lit = useLitLine(lines, spotlight);
  const [heardAt] = saidNow(at).keys();
  const heard = heardAt === undefined ? null : (lines[heardAt]?.utterance_id ?? null);
  const firsts = Array.from({ length: Math.ceil(spoken.length / GROUP_LINES) }, (_, group) => group * GROUP_LINES);
  const { scroller, follows, follow } = useFollowing(heard, lit, spotlight);
  return (
    <section className={styles.panel} aria-label={t("transcript.title-closed")} data-testid="transcript">
      <header className={styles.head}>
        <h2>{t("transcript.title-closed")}</h2>
        {tools}
        <span data-party="customer">{t("party.customer")}</span>
        <span data-party="agent">{t("party.agent")}</span>
      </header>
      <LegNotices view={view} />
      <div className={styles.scroller} ref={scroller} tabIndex={0}>
        {lines.length === 0 && <p className={styles.empty}>{t("transcript.empty-closed")}</p>}
        <ol className={styles.lines}>
          {firsts.map((first) => (
            <LineGroup
              key={first}
              spoken={spoken}
              first={first}
              at={inGroup(at, first)}
              edited={edited}
              lit={lit}
              litSerial={spotlight?.serial ?? 0}
              markers={markers}
              notes={notes}
              actions={actions}
              texts={texts}
            />
          ))}
        </ol>
        {view.closed?.conversation && <ConversationTable conversation={view.closed.conversation} shine={shine} />}
      </div>
      {!follows && heard !== null && (
        <Button
          className={styles.latest ?? ""}
          shape="round"
          type="primary"
          icon={<VerticalAlignMiddleOutlined />}
          data-testid="follow"
          onClick={follow}
        >
          {t("call-page.follow")}
        </Button>
      )}
    </section>
  );
}

/** The words that are heard in the lines of a group. */
function inGroup(at: string, first: number): string {
  const places = at.split(" ").filter((place) => {
    const line = Number.parseInt(place, 10);
    return first <= line && line < first + GROUP_LINES;
  });
  return places.join(" ");
}

interface GroupProps {
  spoken: readonly SpokenLine[];
  /** Place of its first line. */
  first: number;
  at: string;
  edited: string | null;
  lit: string | null;
  litSerial: number;
  markers: ReadonlyMap<string, readonly Marker[]>;
  notes: ReadonlyMap<string, readonly Note[]>;
  actions: LineActions;
  texts: Texts;
}

/** Lines that are looked at together: a word that is heard concerns those of one group of a long call. */
const LineGroup = memo(function LineGroup(props: GroupProps): React.JSX.Element {
  const { spoken, first, at, edited, lit, litSerial, markers, notes, actions, texts } = props;
  const said = saidNow(at);
  return (
    <>
      {spoken.slice(first, first + GROUP_LINES).map((one, index) => (
        <SpokenLineView
          key={one.line.utterance_id}
          spoken={one}
          current={said.get(first + index) ?? -1}
          isEdited={edited === one.line.utterance_id}
          markers={markers.get(one.line.utterance_id) ?? NO_MARKERS}
          notes={notes.get(one.line.utterance_id) ?? NO_NOTES}
          litSerial={lit === one.line.utterance_id ? litSerial : 0}
          follows={spoken[first + index - 1]?.line.party === one.line.party}
          actions={actions}
          texts={texts}
        />
      ))}
    </>
  );
});

interface Following {
  /** To be given to the scrolling element. */
  readonly scroller: React.RefObject<HTMLDivElement | null>;
  readonly follows: boolean;
  readonly follow: () => void;
}

/** Keeps the line that is heard in sight until the reader scrolls; a click on evidence brings its line there. */
function useFollowing(heard: string | null, lit: string | null, spotlight: Spotlight | null): Following {
  const scroller = useRef<HTMLDivElement>(null);
  const serial = spotlight?.serial ?? 0;
  /** The click after which the reader scrolled away; another click, or the button, brings them back. */
  const [left, setLeft] = useState<number | null>(null);
  const follows = left !== serial;
  const show = useCallback((utteranceId: string | null) => {
    const element = scroller.current;
    if (element === null || utteranceId === null) return;
    const line = element.querySelector<HTMLElement>(`[data-testid="line-${CSS.escape(utteranceId)}"]`);
    const isStill = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    // Not scrollIntoView, which would scroll the panels around the transcript too.
    if (line) {
      const top = line.offsetTop - element.clientHeight / 3;
      element.scrollTo({ top, behavior: isStill ? "instant" : "smooth" });
    }
  }, []);
  useEffect(() => {
    show(lit);
  }, [show, spotlight, lit]);
  useEffect(() => {
    if (follows) show(heard);
  }, [show, follows, heard]);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const release = (): void => {
      setLeft(serial);
    };
    // The reader's own ways to scroll; scrollTo causes none of them.
    for (const way of ["wheel", "touchmove"] as const) element.addEventListener(way, release, { passive: true });
    return () => {
      for (const way of ["wheel", "touchmove"] as const) element.removeEventListener(way, release);
    };
  }, [serial]);
  const follow = useCallback(() => {
    setLeft(null);
  }, []);
  return { scroller, follows, follow };
}
