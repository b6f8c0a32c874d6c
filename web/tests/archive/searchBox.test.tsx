// @vitest-environment happy-dom
/** The box for words of the archive. */

import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";

import { SearchBox } from "../../src/archive/SearchBox";
import { show } from "../screen";

afterEach(cleanup);

test.each([false, true])("Enter asks, also while an answer is on its way (%s)", (isBusy) => {
  const ask = vi.fn();
  show(<SearchBox words="" refusal={null} isBusy={isBusy} ask={ask} />);
  const box = screen.getByRole("searchbox");
  fireEvent.change(box, { target: { value: "网断了" } });
  fireEvent.keyDown(box, { key: "Enter", code: "Enter", keyCode: 13 });
  expect(ask.mock.calls[0]?.[0]).toBe("网断了");
});
