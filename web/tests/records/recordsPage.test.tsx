// @vitest-environment happy-dom
/** The page of records: what is held and erased, and who looked. */

import { cleanup, configure, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { User } from "../../src/protocol";
import RecordsPage from "../../src/records/RecordsPage";
import { show } from "../screen";

const ADMIN: User = {
  ...{ user_id: "user-1", name: "管理员", role: "admin", agent_id: null },
  permissions: ["access-log.read", "records.manage"],
};
const LEAD: User = { ...ADMIN, role: "qa-lead", permissions: ["access-log.read"] };
const LOOK = {
  entry: {
    ...{ at: "2026-03-01T09:00:00Z", by: "user-7", action: "revealed", subject: "call-1" },
    details: { seqs: [1, 2], kinds: ["person", "phone_number"], reason: "投诉复核" },
  },
  by_name: "林晓",
};

configure({ asyncUtilTimeout: 20_000 });
vi.setConfig({ testTimeout: 30_000 });

let sent: { readonly method: string; readonly path: string; readonly body: unknown }[];

function answerTo(method: string, path: string): unknown {
  if (path.startsWith("/audit-log")) return { entries: [LOOK], next: null };
  if (path === "/legal-holds") return { holds: [] };
  if (method === "GET") return { calls: 2 };
  return { name: "erased-1", calls: 2, things: { envelopes: 40, audio: 2 } };
}

beforeEach(() => {
  sent = [];
  vi.stubGlobal("fetch", (url: string, { method, body }: { method: string; body?: string }) => {
    const path = url.replace("/api/v1", "");
    sent.push({ method, path, body: body === undefined ? null : JSON.parse(body) });
    return Promise.resolve(new Response(JSON.stringify(answerTo(method, path))));
  });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function showPage(user: User): void {
  const nothing = (): void => undefined;
  show(<RecordsPage user={user} themeChoice="light" chooseTheme={nothing} signOut={nothing} sessionEnded={nothing} />);
}

test("who looked is told with the reason and what was seen, and leads of QA neither hold nor erase", async () => {
  showPage(LEAD);
  const row = (await screen.findByText("林晓")).closest("tr");
  expect(row?.textContent).toContain("call-1");
  expect(row?.textContent).toContain("投诉复核 · 2 处事件 · 姓名、电话");
  expect(screen.queryByTestId("holding")).toBeNull();
});

test("a customer is erased once the id is typed again, and what went is told", async () => {
  showPage(ADMIN);
  fireEvent.change(await screen.findByTestId("record-subject"), { target: { value: "k7" } });
  fireEvent.change(screen.getByTestId("record-reason"), { target: { value: "工单 77" } });
  fireEvent.click(screen.getByTestId("erase"));
  const confirm = await screen.findByTestId("erase-confirm");
  const ok = document.querySelector<HTMLButtonElement>(".ant-modal-footer .ant-btn-dangerous");
  fireEvent.change(confirm, { target: { value: "k8" } });
  expect(ok?.disabled).toBe(true);
  fireEvent.change(confirm, { target: { value: "k7" } });
  if (ok) fireEvent.click(ok);
  const removed = await screen.findByTestId("removed");
  expect(removed.textContent).toContain("envelopes 40");
  const body = { kind: "customer", subject: "k7", reason: "工单 77", confirm: "k7" };
  await waitFor(() => {
    expect(sent).toContainEqual({ method: "POST", path: "/erasures", body });
  });
});
