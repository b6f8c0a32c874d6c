import { useTranslation } from "react-i18next";

/** A stored call, opened beside this page at a position of interest. */
export function CallLink({ callId }: { callId: string }): React.JSX.Element {
  const { t } = useTranslation();
  return (
    <a href={`/#call=${encodeURIComponent(callId)}`} target="_blank" rel="noreferrer" title={t("playbooks.open-call")}>
      <code>{callId}</code>
    </a>
  );
}
