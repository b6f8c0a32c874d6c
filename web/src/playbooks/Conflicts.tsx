import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Which } from "./api";
import { CompareDialog } from "./CompareDialog";
import { Notice } from "./Notice";
import type { OpenPlaybook } from "./usePlaybook";

/** What somebody else did meanwhile: saved a draft, or put a newer version into use. */
export function Conflicts({ open }: { open: OpenPlaybook }): React.JSX.Element | null {
  const { t } = useTranslation();
  const [compared, setCompared] = useState<Which | null>(null);
  const { detail, editing, conflict, dispatch, load, save } = open;
  const { newest } = detail.playbook;
  const comparison = compared !== null && (
    <CompareDialog
      name={detail.playbook.name}
      versions={detail.versions}
      before={compared}
      edited={editing.text}
      close={() => {
        setCompared(null);
      }}
    />
  );
  const compare = (which: Which): React.JSX.Element => (
    <Button
      size="small"
      onClick={() => {
        setCompared(which);
      }}
    >
      {t("playbooks.compare")}
    </Button>
  );
  if (conflict) {
    return (
      <>
        <Notice
          tone="warning"
          data-testid="draft-conflict"
          title={t("playbooks.draft-conflict", { author: conflict.author })}
          actions={
            <>
              {conflict.saves > 0 && compare("draft")}
              <Button size="small" onClick={() => void load()}>
                {t("playbooks.take-theirs")}
              </Button>
              <Button size="small" danger onClick={() => void save(conflict)}>
                {t("playbooks.keep-mine")}
              </Button>
            </>
          }
        />
        {comparison}
      </>
    );
  }
  if (!newest || newest.number === editing.base) return null;
  return (
    <>
      <Notice
        tone="warning"
        data-testid="newer-version"
        title={t("playbooks.newer", { number: newest.number, base: editing.base })}
        actions={
          <>
            {compare(newest.number)}
            <Button
              size="small"
              onClick={() => {
                dispatch({ type: "rebased", base: newest.number });
              }}
            >
              {t("playbooks.go-on")}
            </Button>
          </>
        }
      />
      {comparison}
    </>
  );
}
