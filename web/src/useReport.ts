import { App as AntApp } from "antd";
import { useCallback, useEffect, useRef } from "react";

import { ApiError } from "./api";
import { useErrorText } from "./useErrorText";

/** Tells the user of a request that failed. */
export type Report = (error: unknown) => void;

/** How a page tells of requests that failed; when the server no longer knows the session, `sessionEnded` does. */
export function useReport(sessionEnded: () => void): Report {
  const { message } = AntApp.useApp();
  const errorText = useErrorText();
  // In the language of the moment at which it fails, though the report itself stays the same.
  const latest = useRef(errorText);
  useEffect(() => {
    latest.current = errorText;
  });
  return useCallback(
    (error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === "not-authenticated") sessionEnded();
      else void message.error(latest.current(error.code, error.message));
    },
    [message, sessionEnded],
  );
}
