import { useTranslation } from "react-i18next";

import type { PrivateKind } from "../protocol.gen";
import type { LogRow } from "./api";

/** What a line of the log says beside who did what. */
export function LogDetails({ entry: { action, details } }: { entry: LogRow["entry"] }): React.JSX.Element {
  const { t } = useTranslation();
  const told: string[] = [];
  if (typeof details.reason === "string" && details.reason !== "") told.push(details.reason);
  if (action === "revealed") {
    told.push(t("records.detail.events", { count: listOf(details.seqs).length }));
    const kinds = listOf(details.kinds) as readonly PrivateKind[];
    told.push(kinds.map((kind) => t(`records.kind.${kind}`)).join(t("records.detail.between")));
  }
  if (typeof details.calls === "number") told.push(t("records.calls", { count: details.calls }));
  if (action === "team-changed") told.push(listOf(details.agents).join(t("records.detail.between")));
  return <>{told.filter(Boolean).join(" · ")}</>;
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
