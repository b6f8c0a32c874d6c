import { Segmented, Spin } from "antd";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";

import type { User } from "../protocol";
import type { CallView, Flag } from "../protocol.gen";
import { ReviewPanel } from "../reviews/panel/ReviewPanel";
import { useQuoting } from "../reviews/panel/useQuoting";
import { useReview } from "../reviews/panel/useReview";
import type { Route } from "../route";
import { CallHeader } from "../shared/CallHeader";
import { FlagList } from "../shared/FlagList";
import { PromptHistory } from "../shared/PromptHistory";
import type { Shine } from "../shared/spotlight";
import { HeaderBar } from "../shell/HeaderBar";
import { HelpDialog } from "../shell/HelpDialog";
import { Link } from "../shell/Link";
import type { ThemeName } from "../theme/tokens";
import type { ThemeChoice } from "../theme/useTheme";
import { useLeaveGuard } from "../useLeaveGuard";
import { useReport } from "../useReport";
import { useWidth } from "../useWidth";
import styles from "./CallPage.module.css";
import { Controls } from "./Controls";
import { NotesPanel } from "./NotesPanel";
import { RevealButton } from "./RevealButton";
import { SpokenTranscript } from "./SpokenTranscript";
import { Timeline } from "./Timeline";
import { placeOfFlag } from "./timelineMarks";
import { useCall } from "./useCall";
import { useListening } from "./useListening";
import { useRemarks } from "./useRemarks";
import { useRevealed } from "./useRevealed";
import { useSound } from "./useSound";

interface Props {
  user: User;
  route: Route & { page: "call" };
  theme: ThemeName;
  themeChoice: ThemeChoice;
  chooseTheme: (choice: ThemeChoice) => void;
  signOut: () => void;
  /** The server no longer knows this session. */
  sessionEnded: () => void;
}

type Tab = "transcript" | "flags" | "prompts" | "notes" | "review";
const TABS: readonly Tab[] = ["transcript", "flags", "prompts", "notes"];

/** A call to be heard and read together: its sound, its words, and what was made of them. */
export default function CallPage(props: Props): React.JSX.Element {
  const { user, route, theme, sessionEnded } = props;
  const report = useReport(sessionEnded);
  const { view, again } = useCall(route.callId, report);
  const width = useWidth();
  const [isHelping, setIsHelping] = useState(false);
  const showHelp = (): void => {
    setIsHelping(true);
  };
  return (
    <div className={styles.page} data-width={width}>
      <HeaderBar {...props} showHelp={showHelp} />
      <main className={styles.main}>
        {view === null ? (
          <Spin className={styles.waiting ?? ""} />
        ) : (
          <OpenCall view={view} again={again} user={user} route={route} theme={theme} report={report} help={showHelp} />
        )}
      </main>
      <HelpDialog
        of={user.permissions?.includes("review.score") ? "review" : "call"}
        open={isHelping}
        close={() => {
          setIsHelping(false);
        }}
      />
    </div>
  );
}

interface OpenProps {
  view: CallView;
  again: () => void;
  user: User;
  route: Route & { page: "call" };
  theme: ThemeName;
  report: (error: unknown) => void;
  help: () => void;
}

function OpenCall({ view: stored, again, user, route, theme, report, help }: OpenProps): React.JSX.Element {
  const { view, revealing } = useRevealed(stored, user, again, report);
  const width = useWidth();
  const { t } = useTranslation();
  const isNarrow = width === "narrow";
  const { peaks, player } = useSound(view, report);
  const [tab, setTab] = useState<Tab>(route.reviewId !== undefined ? "review" : isNarrow ? "transcript" : "flags");
  const { spotlight, shine } = useListening(view, player, route, peaks !== undefined);
  const seesReviews = seesAny(user);
  const reviewing = useReview(view.call_id, route.reviewId ?? null, seesReviews, report);
  const { picking, pick, quoting } = useQuoting(reviewing, view.lines);
  const remarks = useRemarks({ callId: view.call_id, user, player, again, report, help, view, quoting });
  useLeaveGuard(reviewing.isDirty, t("reviews.leave"));
  const isClosed = view.status === "closed";
  // Kept, so that what is written in a review does not draw the lanes and lines of a long call again.
  const shineHere: Shine = useCallback(
    (target) => {
      if (isNarrow) setTab("transcript");
      shine(target);
    },
    [isNarrow, shine],
  );
  // Beside the transcript, its evidence is heard while the reader reads why; on a phone it takes another click.
  const showFlag = (flag: Flag): void => {
    shine(placeOfFlag(flag));
  };
  const startPicking = (point: number | null): void => {
    pick(point);
    if (isNarrow && point !== null) setTab("transcript");
  };
  const shown = !isNarrow && tab === "transcript" ? "flags" : tab;
  const tabs = seesReviews ? [...TABS, "review" as const] : TABS;
  const count = reviewing.reviews?.length ?? 0;
  const transcript = (!isNarrow || shown === "transcript") && (
    <SpokenTranscript
      view={view}
      player={player}
      spotlight={spotlight}
      shine={shineHere}
      actions={remarks.actions}
      edited={remarks.edited}
      tools={revealing && <RevealButton {...revealing} />}
    />
  );
  return (
    <>
      <CallHeader view={view} serverNow={Date.now}>
        {user.permissions?.includes("softphone.use") && view.legs.length === 2 && (
          <Link to={{ page: "softphone", callId: view.call_id }} className={styles.practise} data-testid="practise">
            {t("call-page.practise")}
          </Link>
        )}
      </CallHeader>
      <Timeline view={view} peaks={peaks ?? null} player={player} theme={theme} shine={shineHere}>
        <Controls
          callId={view.call_id}
          player={player}
          duration_ms={peaks?.duration_ms ?? view.position_ms}
          silent={peaks ? null : !isClosed ? "live" : peaks === null ? "none" : "asked"}
        />
      </Timeline>
      {isNarrow && <Tabs view={view} reviews={count} tabs={tabs} tab={shown} choose={setTab} />}
      <div className={styles.columns}>
        {transcript}
        {(!isNarrow || shown !== "transcript") && (
          <div className={styles.side}>
            {!isNarrow && <Tabs view={view} reviews={count} tabs={tabs.slice(1)} tab={shown} choose={setTab} />}
            {shown === "flags" && (
              <FlagList
                flags={view.flags}
                notifications={view.notifications}
                shine={shineHere}
                opened={route.flagId ?? null}
                {...(!isNarrow && { asked: showFlag })}
              />
            )}
            {shown === "prompts" && <Prompts view={view} shine={shineHere} />}
            {shown === "notes" && (
              <NotesPanel
                notes={view.notes}
                userId={user.user_id}
                position={() => (isClosed ? player.position_ms : view.position_ms)}
                leave={remarks.leave}
                remove={remarks.remove}
                shine={shineHere}
              />
            )}
            {shown === "review" && (
              <ReviewPanel
                reviewing={reviewing}
                view={view}
                user={user}
                shine={shineHere}
                picking={picking}
                pick={startPicking}
                report={report}
              />
            )}
          </div>
        )}
      </div>
    </>
  );
}

/** Whether the user has anything to do with reviews. */
function seesAny({ permissions = [] }: User): boolean {
  return permissions.includes("review.read") || permissions.includes("review.answer");
}

interface TabsProps {
  view: CallView;
  /** How many the reader may see. */
  reviews: number;
  tabs: readonly Tab[];
  tab: Tab;
  choose: (tab: Tab) => void;
}

function Tabs({ view, reviews, tabs, tab, choose }: TabsProps): React.JSX.Element {
  const { t } = useTranslation();
  const counts: Readonly<Record<Tab, number>> = {
    transcript: 0,
    flags: view.flags.filter(({ verdict }) => verdict !== "met").length,
    prompts: view.prompts.length,
    notes: view.notes.length,
    review: reviews,
  };
  const label = (value: Tab): string => {
    const name = t(`call-page.tab.${value}`);
    return counts[value] > 0 ? `${name} ${counts[value]}` : name;
  };
  return (
    <Segmented<Tab>
      block
      className={styles.tabs ?? ""}
      value={tab}
      onChange={choose}
      options={tabs.map((value) => ({ value, label: label(value) }))}
    />
  );
}

function Prompts({ view, shine }: { view: CallView; shine: Shine }): React.JSX.Element {
  const { t } = useTranslation();
  return (
    <section className={styles.prompts} aria-label={t("prompt.title")} data-testid="prompts">
      {view.prompts.length === 0 && <p>{t("call-page.no-prompts")}</p>}
      <PromptHistory cards={view.prompts} startsOpen paintedAfter_ms={NOTHING_PAINTED} report={null} shine={shine} />
    </section>
  );
}

const NOTHING_PAINTED = {};
