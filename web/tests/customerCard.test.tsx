// @vitest-environment happy-dom
/** Who is calling: at a glance, on demand, by tags, and what is missing and why. */

import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, describe, expect, test } from "vitest";

import { emptyView } from "../src/fold";
import type { CallDegraded, CallView, CustomerLookedUp, ProfileField } from "../src/protocol.gen";
import { CustomerCard } from "../src/shared/CustomerCard";
import { firstFields, groupsOf, SHOWN_FIRST } from "../src/shared/profile";
import { show } from "./screen";

afterEach(cleanup);

const fields: readonly ProfileField[] = [
  { name: "since", value: "2020-03-12", group: "static" },
  { name: "level", value: "金卡", group: "static" },
  { name: "家庭成员", value: "3", group: "static" },
  { name: "arpu", value: "112", group: "dynamic" },
  { name: "plan", value: "畅享套餐", group: "dynamic" },
  { name: "calls_30d", value: "4", group: "service" },
];
const profile: CustomerLookedUp = {
  ...{ type: "customer-looked-up", at_ms: 20, customer_id: "138", is_known: true, name: "王建国" },
  ...{ fields, source: "telecom.csv@1", took_ms: 12 },
};
const customer = { customer_id: "138", name: "", attributes: { 余额: "0" } };

function viewOf(change: Partial<CallView>): CallView {
  return { ...emptyView("c1"), status: "live", customer, ...change };
}

describe("at a glance", () => {
  test("the most telling fields come first, and only a few", () => {
    const names = firstFields(viewOf({ profile })).map(({ name }) => name);
    expect(names).toEqual(["level", "plan", "arpu", "calls_30d", "since"]);
    expect(names.length).toBe(SHOWN_FIRST);
  });

  test("what came with the call is shown while the directory has told nothing", () => {
    const stranger = { ...profile, is_known: false, name: "", fields: [] };
    for (const view of [viewOf({}), viewOf({ profile: stranger })]) {
      expect(firstFields(view)).toEqual([{ name: "余额", value: "0" }]);
      expect(groupsOf(view)).toEqual([]);
    }
  });

  test("fields have words for people, and numbers their unit", () => {
    show(<CustomerCard view={viewOf({ profile })} />);
    expect(screen.getByTestId("customer-card").textContent).toContain("月均消费112 元");
  });
});

test("everything is there on demand, by group, with what came with the call", () => {
  show(<CustomerCard view={viewOf({ profile })} />);
  fireEvent.click(screen.getByTestId("customer-more"));
  const all = screen.getByTestId("customer-profile");
  const titles = Array.from(all.querySelectorAll("h2"), (title) => title.textContent);
  expect(titles).toEqual(["基本资料", "当前使用", "服务记录", "随来电带入"]);
  expect(all.textContent).toContain("家庭成员3");
});

describe("the look-up", () => {
  const failure: CallDegraded = {
    ...{ type: "call-degraded", at_ms: 900, part: "customers", code: "customers-slow", reason: "" },
    ...{ party: null, restored: false },
  };

  test("says how long it took and gives the name", () => {
    show(<CustomerCard view={viewOf({ profile })} />);
    expect(screen.getByTestId("customer-look-up").textContent).toBe("资料 12 毫秒查得");
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("王建国");
  });

  test("says that nobody is known by that number", () => {
    show(<CustomerCard view={viewOf({ profile: { ...profile, is_known: false } })} />);
    expect(screen.getByTestId("customer-look-up").textContent).toContain("没有这位客户");
  });

  test("says why nothing is there", () => {
    show(<CustomerCard view={viewOf({ degraded: [failure] })} />);
    expect(screen.getByTestId("customer-look-up").textContent).toContain("customers-slow");
  });

  test("is not spoken of where nothing is looked up", () => {
    show(<CustomerCard view={viewOf({})} />);
    expect(screen.queryByTestId("customer-look-up")).toBeNull();
    expect(screen.queryByTestId("customer-tags")).toBeNull();
  });
});

test("tags say what they mean and on what they rest", async () => {
  const because = { "customer.arpu": "188", "call.source": "file" };
  show(<CustomerCard view={viewOf({ tags: [{ tag_id: "valuable", title: "高价值", tone: "good", because }] })} />);
  const chip = screen.getByTestId("tag-valuable");
  expect([chip.textContent, chip.dataset["tone"]]).toEqual(["高价值", "good"]);
  fireEvent.mouseEnter(chip);
  expect((await screen.findByRole("tooltip")).textContent).toBe("月均消费 188 元、call.source file");
});

test("what Livecue remembers itself is told apart from what the directory says", async () => {
  const because = { "customer.calls_30d": "1", "history.calls_30d": "5" };
  show(<CustomerCard view={viewOf({ tags: [{ tag_id: "frequent", title: "频繁来电", tone: "care", because }] })} />);
  fireEvent.mouseEnter(screen.getByTestId("tag-frequent"));
  const told = (await screen.findByRole("tooltip")).textContent;
  expect(told).toBe("近 30 天来电 1、近 30 天来电（本系统所记） 5");
});
