import { Segmented, Spin, Tabs } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { User } from "../protocol";
import { useLeaveGuard } from "../useLeaveGuard";
import { useRead } from "../useRead";
import type { Report } from "../useReport";
import { useWidth } from "../useWidth";
import { ruleSchema } from "./api";
import { Conflicts } from "./Conflicts";
import { isDirty } from "./editing";
import { CodeEditor, type Target } from "./editor/CodeEditor";
import { FileProblem } from "./FileProblem";
import styles from "./PlaybookPage.module.css";
import { ProblemPanel } from "./ProblemPanel";
import { ReplayPanel } from "./ReplayPanel";
import { Toolbar } from "./Toolbar";
import { TryPanel } from "./TryPanel";
import { usePlaybook } from "./usePlaybook";
import { VersionsPanel } from "./VersionsPanel";

type Panel = "edit" | "check" | "try" | "replay" | "versions";
const EDITORS: readonly Panel[] = ["edit", "check", "try", "replay", "versions"];
const READERS: readonly Panel[] = ["edit", "versions"];

/** One playbook: its text, and beside it what is wrong with it, what it would do, and what it was. */
export function PlaybookPage({ name, user, report }: { name: string; user: User; report: Report }): React.JSX.Element {
  const { t } = useTranslation();
  const isWide = useWidth() === "wide";
  const canEdit = user.permissions?.includes("playbook.edit") ?? false;
  const canPublish = user.permissions?.includes("playbook.publish") ?? false;
  const schema = useRead(ruleSchema, report).value;
  const open = usePlaybook(name, canEdit, report);
  const [panel, setPanel] = useState<Panel>(isWide ? "check" : "edit");
  const [target, setTarget] = useState<Target | null>(null);
  const dirty = open !== null && isDirty(open.editing);
  useLeaveGuard(dirty, t("playbooks.leave"));

  if (open === null) return <Spin className={styles.waiting ?? ""} />;
  const { detail, editing, dispatch } = open;
  const show = (line: number): void => {
    if (!isWide) setPanel("edit");
    setTarget((last) => ({ line, serial: (last?.serial ?? 0) + 1 }));
  };
  const editor = (
    <section className={styles.editor} aria-label={t("playbooks.editor")}>
      <CodeEditor
        text={editing.text}
        isReadOnly={!canEdit}
        schema={schema}
        problems={editing.check?.problems ?? []}
        target={target}
        typed={(text) => {
          dispatch({ type: "typed", text });
        }}
      />
    </section>
  );
  const side = (key: Panel): React.JSX.Element => {
    switch (key) {
      case "edit":
        return editor;
      case "check":
        return <ProblemPanel editing={editing} show={show} dispatch={dispatch} />;
      case "try":
        return <TryPanel name={name} text={editing.text} report={report} />;
      case "replay":
        return (
          <ReplayPanel name={name} text={editing.text} isRunning={detail.playbook.running !== null} report={report} />
        );
      case "versions":
        return <VersionsPanel open={open} canPublish={canPublish} report={report} />;
    }
  };
  const panels = (canEdit ? EDITORS : READERS).filter((key) => !isWide || key !== "edit");
  const shown = panels.includes(panel) ? panel : "versions";
  const labels = panels.map((key) => ({ key, value: key, label: t(`playbooks.panel.${key}`) }));
  return (
    <main className={styles.page}>
      <Toolbar
        open={open}
        canEdit={canEdit}
        canPublish={canPublish}
        readsReviews={user.permissions?.includes("review.read") ?? false}
        report={report}
      />
      <FileProblem playbook={detail.playbook} show={show} />
      <Conflicts open={open} />
      {isWide ? (
        <div className={styles.columns}>
          {editor}
          <section className={styles.side}>
            <Tabs
              activeKey={shown}
              onChange={(key) => {
                setPanel(panels.find((one) => one === key) ?? "check");
              }}
              items={labels.map(({ key, label }) => ({ key, label, children: side(key) }))}
            />
          </section>
        </div>
      ) : (
        <>
          <Segmented<Panel> block className={styles.tabs ?? ""} value={shown} onChange={setPanel} options={labels} />
          <div className={styles.single}>{side(shown)}</div>
        </>
      )}
    </main>
  );
}
