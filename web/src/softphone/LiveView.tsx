import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { PromptColumn } from "../desk/PromptColumn";
import { Transcript } from "../desk/Transcript";
import { CallHeader } from "../shared/CallHeader";
import { FlagList } from "../shared/FlagList";
import type { Shine, Spotlight } from "../shared/spotlight";
import { Link } from "../shell/Link";
import type { DeskSession } from "../state/deskSession";
import type { DeskState } from "../state/deskState";
import styles from "./LiveView.module.css";

interface Props {
  session: DeskSession;
  desk: DeskState;
  /** The call of this page; null before the first. */
  callId: string | null;
  /** Whether the call is carried elsewhere, by a colleague. */
  isGuest: boolean;
}

/** What the desk shows of the call that is carried here: words, cues and flags as they come. */
export function LiveView({ session, desk, callId, isGuest }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const [spotlight, setSpotlight] = useState<Spotlight | null>(null);
  const shine: Shine = useCallback((target) => {
    setSpotlight((last) => ({ ...target, serial: (last?.serial ?? 0) + 1 }));
  }, []);
  const isListed = callId !== null && (desk.liveCalls?.some(({ call_id }) => call_id === callId) ?? false);
  useEffect(() => {
    if (isListed) session.choose(callId);
  }, [session, callId, isListed]);
  const call = desk.call?.callId === callId ? desk.call : null;
  if (call?.loaded !== true) {
    return (
      <section className={styles.empty} data-testid="live-empty">
        <p>
          {t(isGuest ? "softphone.live-guest" : callId === null ? "softphone.live-empty" : "softphone.live-waiting")}
        </p>
      </section>
    );
  }
  // Whoever carries a call is its agent, whatever they are otherwise: cues are theirs to use.
  const own: DeskState = { ...desk, user: { ...desk.user, role: "agent" } };
  return (
    <section className={styles.live} aria-label={t("softphone.live")} data-testid="live-view">
      <CallHeader view={call.view} serverNow={session.serverNow}>
        <Link to={{ page: "call", callId: call.callId }} data-testid="review-call">
          {t("call-page.open")}
        </Link>
      </CallHeader>
      <div className={styles.columns}>
        <Transcript
          key={call.callId}
          call={call}
          spotlight={spotlight}
          shine={shine}
          isStale={desk.link.kind !== "open"}
          className={styles.transcript ?? ""}
        />
        <div className={styles.side}>
          <PromptColumn key={call.callId} session={session} state={own} call={call} shine={shine} />
          <FlagList
            key={`flags ${call.callId}`}
            flags={call.view.flags}
            notifications={call.view.notifications}
            shine={shine}
          />
        </div>
      </div>
    </section>
  );
}
