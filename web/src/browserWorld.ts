import type { DeskSocketWorld } from "./deskSocket";

/** The desk's websocket, timers and randomness as a browser has them. */
export const browserWorld: DeskSocketWorld = {
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
