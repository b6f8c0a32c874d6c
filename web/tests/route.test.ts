// @vitest-environment happy-dom

import { expect, test } from "vitest";

import { goTo, guardLeaving, pathOf, routeOf, type Route } from "../src/route";

const ROUTES: readonly Route[] = [
  { page: "desk" },
  { page: "softphone" },
  { page: "softphone", callId: "20260101-090000-5f2a91c0" },
  { page: "playbooks" },
  { page: "playbook", name: "telecom-2" },
  { page: "call", callId: "20260101-090000-5f2a91c0" },
  { page: "call", callId: "a.b_c", at_ms: 83_250 },
  { page: "call", callId: "c1", flagId: "rule 1/u3&x" },
];

test.each(ROUTES)("the address of %j names it", (route) => {
  expect(routeOf(pathOf(route))).toEqual(route);
});

test.each(["/playbooks/Bad Name", "/elsewhere", "/playbooks/a/b", "/calls/", "/calls/-bad", "/calls/a/b"])(
  "%s is the desk's",
  (path) => {
    expect(routeOf(path)).toEqual({ page: "desk" });
  },
);

test("a page with unsaved work is left only with consent", () => {
  goTo({ page: "playbooks" });
  let answer = false;
  const release = guardLeaving(() => answer);
  goTo({ page: "desk" });
  expect(window.location.pathname).toBe("/playbooks");
  answer = true;
  goTo({ page: "desk" });
  expect(window.location.pathname).toBe("/");
  release();
});
