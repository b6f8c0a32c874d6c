import { useEffect, useState, useSyncExternalStore } from "react";

import type { DeskSocketWorld } from "../deskSocket";
import type { User } from "../protocol";
import { DeskSession } from "../state/deskSession";
import type { DeskState } from "../state/deskState";

const browserWorld: DeskSocketWorld = {
  connect: (received, closed) => {
    const { protocol, host } = window.location;
    const socket = new WebSocket(`${protocol === "https:" ? "wss" : "ws"}://${host}/desk/v1`);
    socket.onmessage = ({ data }) => {
      received(String(data));
    };
    socket.onclose = ({ code }) => {
      closed(code);
    };
    return {
      send: (text) => {
        socket.send(text);
      },
      close: () => {
        socket.onmessage = null;
        socket.onclose = null;
        socket.close(1000);
      },
    };
  },
  after: (delay_ms, action) => {
    const timer = setTimeout(action, delay_ms);
    return () => {
      clearTimeout(timer);
    };
  },
  now_ms: () => Date.now(),
  random: () => Math.random(),
};

/** The signed-in user's desk, connected while the component is on the page. */
export function useDeskSession(user: User): { session: DeskSession; state: DeskState } {
  const [session] = useState(() => new DeskSession(user, browserWorld));
  useEffect(() => session.start(), [session]);
  return { session, state: useSyncExternalStore(session.subscribe, session.getState) };
}
