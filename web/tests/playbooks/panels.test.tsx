// @vitest-environment happy-dom

import { fireEvent, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";

import type { CheckResult, PlaybookRow, ReplayReport } from "../../src/playbooks/api";
import type { Editing } from "../../src/playbooks/editing";
import { FileProblem } from "../../src/playbooks/FileProblem";
import { ProblemPanel } from "../../src/playbooks/ProblemPanel";
import { ReplayPanel } from "../../src/playbooks/ReplayPanel";
import { ReplayResult } from "../../src/playbooks/ReplayResult";
import { show } from "../screen";

afterEach(() => {
  document.body.replaceChildren();
});

const check: CheckResult = {
  can_publish: false,
  version: "3",
  rules: 2,
  cases: 5,
  cases_failed: 1,
  problems: [
    { severity: "warning", kind: "version", line: 2, message: "in use" },
    { severity: "error", kind: "case", line: 9, message: "stays silent" },
  ],
};
const editing: Editing = { text: "version: 3\n", savedText: "", base: 1, saves: 0, check, isChecked: true };

test("problems are counted, named with their lines, and lead to them", () => {
  const shown = vi.fn();
  show(<ProblemPanel editing={editing} show={shown} dispatch={vi.fn()} />);
  expect(screen.getByTestId("errors").textContent).toBe("1");
  expect(screen.getByTestId("warnings").textContent).toBe("1");
  expect(screen.getByTestId("cases").textContent).toBe("4/5");
  fireEvent.click(screen.getByText("stays silent"));
  expect(shown).toHaveBeenCalledWith(9);
});

test("a version that is in use is raised at a click", () => {
  const dispatch = vi.fn();
  show(<ProblemPanel editing={editing} show={vi.fn()} dispatch={dispatch} />);
  fireEvent.click(screen.getByTestId("raise-version"));
  expect(dispatch).toHaveBeenCalledWith({ type: "typed", text: "version: 4\n" });
});

const kept: PlaybookRow = {
  name: "small",
  state: "kept",
  is_default: true,
  file: "small.yaml",
  running: { version: "3", title: "小剧本", rules: 1 },
  problem: { code: "bad-playbook", message: "unknown key", line: 7 },
  newest: null,
  draft: null,
};

test("a broken file says what is wrong and what runs on", () => {
  const shown = vi.fn();
  show(<FileProblem playbook={kept} show={shown} />);
  const alert = screen.getByTestId("file-problem").textContent;
  expect(alert).toContain("small.yaml");
  expect(alert).toContain("unknown key");
  fireEvent.click(screen.getByRole("button"));
  expect(shown).toHaveBeenCalledWith(7);
});

test("a file that is in order says nothing", () => {
  show(<FileProblem playbook={{ ...kept, problem: null }} />);
  expect(screen.queryByTestId("file-problem")).toBeNull();
});

const tally = { kind: "flag", before: 1, after: 1, gained: 1, lost: 1, changed: 0, held_out: 0 } as const;
const change = { call_id: "c1", kind: "flag", at_ms: 61_000, before: null, after: "breach", quote: "不需要" } as const;
const replayed: ReplayReport = {
  type: "report",
  report: {
    calls: 8,
    calls_changed: 2,
    rules: [
      { ...tally, rule: "push" },
      { ...tally, rule: "greet" },
    ],
    agents: [{ ...tally, agent: null }],
    changes: [
      { ...change, change: "gained", rule_id: "push", agent_id: "8001" },
      { ...change, change: "lost", rule_id: "greet", agent_id: null },
    ],
    changes_left_out: 0,
  },
  skipped: [],
  skipped_more: 0,
};

test("changes of a replay lead to their calls and are narrowed to a rule", () => {
  show(<ReplayResult found={replayed} />);
  const links = (): (string | null)[] => screen.getAllByRole("link").map((link) => link.getAttribute("href"));
  expect(links()).toEqual(["/calls/c1", "/calls/c1"]);
  fireEvent.click(screen.getByRole("button", { name: /greet/ }));
  expect(links()).toHaveLength(1);
  expect(screen.getByTestId("replayed").textContent).toContain("01:01");
});

test("a held-out prompt is told as what it was, and its count stands beside the others only where there is one", () => {
  const heldOut: ReplayReport = {
    ...replayed,
    report: {
      ...replayed.report,
      rules: [{ ...tally, kind: "prompt", gained: 0, lost: 0, held_out: 1, rule: "offer" }],
      agents: [],
      changes: [
        {
          ...change,
          kind: "prompt",
          change: "held-out",
          before: "held-out",
          after: null,
          rule_id: "offer",
          agent_id: null,
        },
      ],
    },
  };
  const { unmount } = show(<ReplayResult found={heldOut} />);
  expect(screen.getByTestId("replayed").textContent).toContain("留出，没有显示 → 无");
  expect(screen.getByTestId("replay-by-rule").textContent).toContain("留出");
  unmount();
  show(<ReplayResult found={replayed} />);
  expect(screen.getByTestId("replayed").textContent).not.toContain("留出");
});

test("practice is replayed where it is ticked", async () => {
  const refused = vi.fn<(url: string, asked: { readonly body: string }) => Promise<Response>>(() =>
    Promise.resolve(Response.json({ error: { code: "replay-busy", message: "" } }, { status: 503 })),
  );
  vi.stubGlobal("fetch", refused);
  show(<ReplayPanel name="small" text="name: small" isRunning report={vi.fn()} />);
  fireEvent.click(screen.getByTestId("replay"));
  await screen.findByTestId("replay");
  fireEvent.click(screen.getByRole("checkbox", { name: "包括试用和练习" }));
  fireEvent.click(screen.getByTestId("replay"));
  const asked = refused.mock.calls.map(([, { body }]) => (JSON.parse(body) as { practice: boolean }).practice);
  vi.unstubAllGlobals();
  expect(asked).toEqual([false, true]);
});
