import { useTranslation } from "react-i18next";

import { useDeskSession } from "../desk/useDeskSession";
import type { User } from "../protocol";
import type { Route } from "../route";
import { HeaderBar } from "../shell/HeaderBar";
import type { ThemeChoice } from "../theme/useTheme";
import { useLeaveGuard } from "../useLeaveGuard";
import { useReport } from "../useReport";
import { useWidth } from "../useWidth";
import { CallPanel } from "./CallPanel";
import { GuestPanel } from "./GuestPanel";
import { LiveView } from "./LiveView";
import { isInCall } from "./phoneState";
import { SetupPanel } from "./SetupPanel";
import styles from "./SoftphonePage.module.css";
import { useCases } from "./useCases";
import { usePhone } from "./usePhone";

interface Props {
  user: User;
  route: Route & { page: "softphone" };
  themeChoice: ThemeChoice;
  chooseTheme: (choice: ThemeChoice) => void;
  signOut: () => void;
  /** The server no longer knows this session. */
  sessionEnded: () => void;
}

/** A call carried by this browser, to try Livecue with a colleague or to practise; beside it what the desk shows. */
export default function SoftphonePage(props: Props): React.JSX.Element {
  const { user, route, sessionEnded } = props;
  const { t } = useTranslation();
  const width = useWidth();
  const report = useReport(sessionEnded);
  const { phone, state } = usePhone();
  const { session, state: desk } = useDeskSession(user);
  const cases = useCases(phone, route.callId ?? null, report);
  const inCall = isInCall(state);
  const { companion, plan } = state;
  useLeaveGuard(inCall || companion !== null, t("softphone.leave"));
  return (
    <div className={styles.page} data-width={width}>
      <HeaderBar {...props} link={desk.link} roundTrip_ms={desk.roundTrip_ms} />
      <main className={styles.main}>
        <h1 className="visually-hidden">{t("softphone.title")}</h1>
        <section className={styles.phone} aria-label={t("softphone.title")}>
          {inCall ? (
            <CallPanel phone={phone} state={state} />
          ) : plan.mode === "join" && companion !== null ? (
            <GuestPanel phone={phone} state={state} companion={companion} />
          ) : (
            <SetupPanel phone={phone} state={state} cases={cases} />
          )}
        </section>
        <LiveView session={session} desk={desk} callId={state.callId} isGuest={plan.mode === "join"} />
      </main>
    </div>
  );
}
