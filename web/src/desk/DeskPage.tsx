import { App as AntApp, Segmented } from "antd";
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import type { User } from "../protocol";
import { CallHeader } from "../shared/CallHeader";
import { FlagList } from "../shared/FlagList";
import type { Spotlight } from "../shared/spotlight";
import { useShortcuts } from "../shared/useShortcuts";
import { HeaderBar } from "../shell/HeaderBar";
import { HelpDialog } from "../shell/HelpDialog";
import { Link } from "../shell/Link";
import { mayConfirm } from "../state/deskSession";
import type { ThemeChoice } from "../theme/useTheme";
import { useErrorText } from "../useErrorText";
import { useWidth } from "../useWidth";
import { CallRail } from "./CallRail";
import styles from "./DeskPage.module.css";
import { EmptyDesk } from "./EmptyDesk";
import { HistoryNotice } from "./HistoryNotice";
import { Impairments } from "./Impairments";
import { PromptColumn } from "./PromptColumn";
import { canSwap } from "./SwapLegs";
import { Transcript } from "./Transcript";
import { useDeskSession } from "./useDeskSession";
import { WrapUpPanel } from "./WrapUpPanel";

interface Props {
  user: User;
  themeChoice: ThemeChoice;
  chooseTheme: (choice: ThemeChoice) => void;
  signOut: () => void;
  /** The server no longer knows this session. */
  sessionEnded: () => void;
}

type Tab = "desk" | "flags" | "calls";
const TABS: readonly Tab[] = ["desk", "flags", "calls"];

export function DeskPage(props: Props): React.JSX.Element {
  const { t } = useTranslation();
  const { message } = AntApp.useApp();
  const errorText = useErrorText();
  const width = useWidth();
  const { session, state } = useDeskSession(props.user);
  const [helping, setHelping] = useState(false);
  const [tab, setTab] = useState<Tab>("desk");
  const [spotlight, setSpotlight] = useState<Spotlight | null>(null);
  const { call, link, failure } = state;
  const { sessionEnded } = props;

  useEffect(() => {
    if (link.kind === "refused" && link.code === "not-authenticated") sessionEnded();
  }, [link, sessionEnded]);
  const failureText = failure && errorText(failure.code, failure.message);
  const failureSerial = failure?.serial;
  useEffect(() => {
    if (failureText) void message.error(failureText);
    // The same failure twice is shown twice.
  }, [failureText, failureSerial, message]);
  const showHelp = (): void => {
    setHelping(true);
  };
  useShortcuts({ "?": showHelp });

  const shine = useCallback((target: Omit<Spotlight, "serial">) => {
    setTab("desk");
    setSpotlight((last) => ({ ...target, serial: (last?.serial ?? 0) + 1 }));
  }, []);
  const choose = (callId: string): void => {
    setTab("desk");
    session.choose(callId);
  };

  const maySwap = props.user.permissions?.includes("legs.exchange") ?? false;
  const swap = maySwap && call?.loaded && canSwap(call.view) ? session.swapLegs : null;
  const rail = <CallRail state={state} choose={choose} />;
  const isNarrow = width === "narrow";
  const transcript = call?.loaded && (!isNarrow || tab === "desk") && (
    <Transcript
      key={call.callId}
      call={call}
      spotlight={spotlight}
      shine={shine}
      isStale={link.kind !== "open"}
      swap={swap}
      className={styles.transcript ?? ""}
    />
  );
  const side = call?.loaded && (
    <div key="side" className={styles.side} data-tab={tab}>
      {(!isNarrow || tab === "desk") && (
        <PromptColumn key={call.callId} session={session} state={state} call={call} shine={shine} />
      )}
      {(!isNarrow || tab === "desk") && (
        <WrapUpPanel
          key={`wrap-up ${call.callId}`}
          view={call.view}
          mayConfirm={mayConfirm(state.user)}
          confirm={session.confirmWrapUp}
          shine={shine}
        />
      )}
      {(!isNarrow || tab === "flags") && (
        <FlagList
          key={`flags ${call.callId}`}
          flags={call.view.flags}
          notifications={call.view.notifications}
          shine={shine}
        />
      )}
    </div>
  );
  // The keyboard goes through the panels in the order in which they are seen.
  const body = call?.loaded ? (
    <div className={styles.columns}>{isNarrow ? [side, transcript] : [transcript, side]}</div>
  ) : (
    <EmptyDesk state={state} choose={choose} />
  );
  return (
    <div className={styles.page} data-width={width}>
      <HeaderBar
        {...props}
        user={{ ...props.user, ...state.user }}
        link={link}
        roundTrip_ms={state.roundTrip_ms}
        showHelp={showHelp}
      />
      <div className={styles.frame}>
        {width === "wide" && <aside className={styles.rail}>{rail}</aside>}
        <main className={styles.main}>
          {call?.loaded && (
            <CallHeader view={call.view} serverNow={session.serverNow}>
              <Link to={{ page: "call", callId: call.callId }} className={styles.review} data-testid="review-call">
                {t("call-page.open")}
              </Link>
            </CallHeader>
          )}
          {call?.loaded && <HistoryNotice view={call.view} settle={session.settlePromise} />}
          <Impairments link={link} view={call?.loaded ? call.view : null} retry={session.retry} swap={swap} />
          {width !== "wide" && (
            <Segmented<Tab>
              block
              className={styles.tabs ?? ""}
              value={isNarrow || tab === "calls" ? tab : "desk"}
              onChange={setTab}
              options={TABS.filter((value) => isNarrow || value !== "flags").map((value) => ({
                value,
                label: t(`tabs.${value}`),
              }))}
            />
          )}
          {width !== "wide" && tab === "calls" ? <div className={styles.railTab}>{rail}</div> : body}
        </main>
      </div>
      <HelpDialog
        of="desk"
        open={helping}
        close={() => {
          setHelping(false);
        }}
      />
    </div>
  );
}
