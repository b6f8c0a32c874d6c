// @vitest-environment happy-dom
/** What a page reads: the answer to what it asks now, and how it tells of failures. */

import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";

import { useRead } from "../src/useRead";

afterEach(cleanup);

/** A question whose answer is given later. */
function question(): { read: () => Promise<string>; answer: (text: string) => Promise<void> } {
  let resolve: (text: string) => void = () => undefined;
  const promise = new Promise<string>((take) => {
    resolve = take;
  });
  return {
    read: () => promise,
    answer: async (text) => {
      await act(async () => {
        resolve(text);
        await promise;
      });
    },
  };
}

test("an answer to what was asked before does not take the place of a newer one", async () => {
  const [first, second] = [question(), question()];
  const report = vi.fn();
  const { result, rerender } = renderHook(({ read }) => useRead(read, report), { initialProps: first });
  expect(result.current.value).toBeNull();
  rerender(second);
  await second.answer("new");
  await first.answer("old");
  expect(result.current.value).toBe("new");
});

test("the last answer stays while it is asked again", async () => {
  const read = vi.fn<() => Promise<number>>();
  read.mockResolvedValueOnce(1).mockResolvedValueOnce(2);
  const report = vi.fn();
  const { result } = renderHook(() => useRead(read, report));
  await waitFor(() => {
    expect(result.current.value).toBe(1);
  });
  act(result.current.again);
  expect(result.current.value).toBe(1);
  await waitFor(() => {
    expect(result.current.value).toBe(2);
  });
});

test("a failure is told, unless nobody waits for the answer any more", async () => {
  const failure = new Error("unreachable");
  const read = (): Promise<number> => Promise.reject(failure);
  const report = vi.fn();
  const { unmount } = renderHook(() => useRead(read, report));
  await waitFor(() => {
    expect(report).toHaveBeenCalledWith(failure);
  });
  report.mockClear();
  renderHook(() => useRead(read, report)).unmount();
  unmount();
  await Promise.resolve();
  expect(report).not.toHaveBeenCalled();
});
