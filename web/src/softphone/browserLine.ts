import { browserWorld } from "../browserWorld";
import type { LineWorld } from "./line";

/** The softphone's websocket, with the timers and randomness of a browser. */
export const browserLine: LineWorld = {
  ...browserWorld,
  connect: (listener) => {
    const { protocol, host } = window.location;
    const socket = new WebSocket(`${protocol === "https:" ? "wss" : "ws"}://${host}/softphone/v1`);
    socket.onopen = () => {
      listener.opened();
    };
    socket.onmessage = ({ data }) => {
      listener.received(String(data));
    };
    socket.onclose = ({ code }) => {
      listener.closed(code);
    };
    return {
      send: (message) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(message);
      },
      waiting_bytes: () => socket.bufferedAmount,
      close: () => {
        socket.onopen = socket.onmessage = socket.onclose = null;
        socket.close(1000);
      },
    };
  },
};
