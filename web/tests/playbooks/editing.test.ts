import { describe, expect, test } from "vitest";

import { linesOf, type CheckResult, type PlaybookDetail } from "../../src/playbooks/api";
import { begin, editingReducer, isDirty, nextVersion, raiseVersion, type Editing } from "../../src/playbooks/editing";

const version = { number: 3, version: "7", digest: "", origin: "file", author: "", note: "", at: "" } as const;
const row = { name: "a", state: "running", is_default: true, file: "a.yaml", problem: null, running: null } as const;
const detail: PlaybookDetail = { playbook: { ...row, newest: version, draft: null }, versions: [version] };
const draft = { saves: 4, base: 2, author: "王芳", at: "" };
const check: CheckResult = { can_publish: true, version: "7", rules: 1, cases: 0, cases_failed: 0, problems: [] };
const start = begin(detail, "name: a\n");

test("an edit begins from the newest version, or from where its draft began", () => {
  expect([start.base, start.saves]).toEqual([3, 0]);
  const drafted = begin({ ...detail, playbook: { ...detail.playbook, draft } }, "");
  expect([drafted.base, drafted.saves]).toEqual([2, 4]);
});

test("typing makes it dirty and unchecked, saving clean", () => {
  const typed = editingReducer(start, { type: "typed", text: "b" });
  expect([isDirty(start), isDirty(typed)]).toEqual([false, true]);
  const saved = editingReducer(typed, { type: "saved", text: "b", draft });
  expect([isDirty(saved), saved.saves]).toEqual([false, 4]);
});

test("a check counts for the text it was about", () => {
  const typed = editingReducer(start, { type: "typed", text: "b" });
  const late: Editing = editingReducer(typed, { type: "checked", text: start.text, result: check });
  expect([late.check, late.isChecked]).toEqual([check, false]);
  expect(editingReducer(late, { type: "checked", text: "b", result: check }).isChecked).toBe(true);
});

test("what is typed while saving stays unsaved", () => {
  const typed = editingReducer(start, { type: "typed", text: "bc" });
  expect(isDirty(editingReducer(typed, { type: "saved", text: "b", draft }))).toBe(true);
});

describe("raising a version", () => {
  test.each([
    ["1", "2"],
    ["9", "10"],
    ["1.2.9", "1.2.10"],
    ["2026-03-09", "2026-03-10"],
    ["v1-beta", "v2-beta"],
    ["spring", "spring-2"],
  ])("%s", (before, after) => {
    expect(nextVersion(before)).toBe(after);
  });

  test.each([
    ["name: a\nversion: 3\n", "name: a\nversion: 4\n"],
    ['version: "3"   # 三月', 'version: "4"   # 三月'],
    ["version: '1.0'", "version: '1.1'"],
    ["rules:\n  version: 3", "rules:\n  version: 3"],
  ])("%j", (before, after) => {
    expect(raiseVersion(before)).toBe(after);
  });
});

test("lines come whole out of a stream that is cut anywhere", async () => {
  const bytes = new TextEncoder().encode('{"a":"流量"}\n{"b":1}\nrest');
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const lines: string[] = [];
  for await (const line of linesOf(stream)) lines.push(line);
  expect(lines).toEqual(['{"a":"流量"}', '{"b":1}']);
});
