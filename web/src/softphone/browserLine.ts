import { browserWorld } from "../browserWorld";
import type { ColleagueWorld } from "./colleague";
import type { LineWorld } from "./line";

interface SocketListener {
  opened(): void;
  received(text: string): void;
  closed(code: number): void;
}

/** A websocket of this server that tells one listener. */
function open(path: string, listener: SocketListener): WebSocket {
  const { protocol, host } = window.location;
  const socket = new WebSocket(`${protocol === "https:" ? "wss" : "ws"}://${host}${path}`);
  socket.onopen = () => {
    listener.opened();
  };
  socket.onmessage = ({ data }) => {
    listener.received(String(data));
  };
  socket.onclose = ({ code }) => {
    listener.closed(code);
  };
  return socket;
}

/** Say no more, and hear no more. */
function leave(socket: WebSocket): void {
  socket.onopen = socket.onmessage = socket.onclose = null;
  socket.close(1000);
}

function send(socket: WebSocket, message: string | Uint8Array<ArrayBuffer>): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(message);
}

/** The softphone's websocket, with the timers and randomness of a browser. */
export const browserLine: LineWorld = {
  ...browserWorld,
  connect: (listener) => {
    const socket = open("/softphone/v1", listener);
    return {
      send: (message) => {
        send(socket, message);
      },
      waiting_bytes: () => socket.bufferedAmount,
      close: () => {
        leave(socket);
      },
    };
  },
};

/** Rooms of this server, and connections within the network: without servers that would lead beyond it. */
export const browserColleague: ColleagueWorld = {
  connect: (listener) => {
    const socket = open("/softphone/v1/room", listener);
    return {
      send: (text) => {
        send(socket, text);
      },
      close: () => {
        leave(socket);
      },
    };
  },
  createPeer: () => new RTCPeerConnection({ iceServers: [] }),
};
