import { useTranslation } from "react-i18next";

import { pathOf } from "../route";

/** A stored call, opened beside this page. */
export function CallLink({ callId }: { callId: string }): React.JSX.Element {
  const { t } = useTranslation();
  return (
    <a href={pathOf({ page: "call", callId })} target="_blank" rel="noreferrer" title={t("playbooks.open-call")}>
      <code>{callId}</code>
    </a>
  );
}
