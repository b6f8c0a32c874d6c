/** Two pages that agree on their direct connection through a room. */

import { expect, test } from "vitest";

import { Colleague, type ColleagueListener, type RoomConnectionListener } from "../../src/softphone/colleague";
import type { RoomMessage } from "../../src/softphone/roomMessages";

/** As much of a browser's peer connection as is used, in order of use. */
class FakePeer {
  readonly done: string[] = [];
  remoteDescription: RTCSessionDescriptionInit | null = null;
  localDescription: { type: string; toJSON: () => object } | null = null;
  connectionState = "new";
  onicecandidate: ((event: object) => void) | null = null;
  ontrack: ((event: object) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  isClosed = false;

  getSenders(): object[] {
    return [{ replaceTrack: () => Promise.resolve(this.done.push("other track")) }];
  }
  addTrack(): void {
    this.done.push("track");
  }
  async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    await Promise.resolve();
    this.remoteDescription = description;
    this.done.push(`remote ${description.type}`);
  }
  async setLocalDescription(): Promise<void> {
    await Promise.resolve();
    const type = this.remoteDescription === null ? "offer" : "answer";
    this.localDescription = { type, toJSON: () => ({ type, sdp: type }) };
    this.done.push(`local ${type}`);
  }
  addIceCandidate({ candidate }: RTCIceCandidateInit): Promise<void> {
    this.done.push(`candidate ${candidate ?? ""}`);
    return Promise.resolve();
  }
  close(): void {
    this.isClosed = true;
  }
}

function setUp(code: string | null) {
  const peers: FakePeer[] = [];
  const told: string[] = [];
  const sent: Record<string, unknown>[] = [];
  let room: RoomConnectionListener | null = null;
  const listener: ColleagueListener = {
    made: (made) => told.push(`made ${made}`),
    met: (name) => told.push(`met ${name}`),
    heard: () => told.push("heard"),
    connected: (isConnected) => told.push(`connected ${String(isConnected)}`),
    told: (call) => told.push(`call ${call}`),
    left: () => told.push("left"),
    failed: (failure) => told.push(`failed ${failure}`),
  };
  const microphone = { getAudioTracks: () => [{}] } as unknown as MediaStream;
  const colleague = new Colleague(
    {
      connect: (given) => {
        room = given;
        return { send: (text) => sent.push(JSON.parse(text) as Record<string, unknown>), close: () => undefined };
      },
      createPeer: () => {
        const peer = new FakePeer();
        peers.push(peer);
        return peer as unknown as RTCPeerConnection;
      },
    },
    listener,
    microphone,
    code,
  );
  return {
    colleague,
    peers,
    told,
    sent,
    open: () => room?.opened(),
    say: (message: RoomMessage) => room?.received(JSON.stringify(message)),
    close: () => room?.closed(),
    settled: () => new Promise((resolve) => setTimeout(resolve)),
  };
}

const MET = { type: "met", name: "陈晨" } as const;

test("the host makes a room and offers when somebody comes", async () => {
  const { open, say, sent, told, peers, settled } = setUp(null);
  open();
  say({ type: "made", code: "000042" });
  say({ ...MET, is_host: true });
  await settled();
  expect(peers[0]?.done).toEqual(["track", "local offer"]);
  expect(sent).toEqual([
    { type: "make" },
    { type: "signal", signal: { kind: "description", description: { type: "offer", sdp: "offer" } } },
  ]);
  expect(told).toEqual(["made 000042", "met 陈晨"]);
});

test("the guest answers an offer; candidates that came before it wait", async () => {
  const { open, say, sent, peers, settled } = setUp("000042");
  open();
  say({ ...MET, is_host: false });
  say({ type: "signal", signal: { kind: "candidate", candidate: { candidate: "early" } } });
  say({ type: "signal", signal: { kind: "description", description: { type: "offer", sdp: "" } } });
  say({ type: "signal", signal: { kind: "candidate", candidate: { candidate: "late" } } });
  await settled();
  expect(peers[0]?.done).toEqual(["track", "remote offer", "candidate early", "local answer", "candidate late"]);
  expect(sent[0]).toEqual({ type: "enter", code: "000042" });
});

test("it says when the colleague is heard, connected, unreachable, gone", async () => {
  const { open, say, told, peers, settled } = setUp("000042");
  open();
  say({ ...MET, is_host: false });
  const [peer] = peers;
  peer?.ontrack?.({ streams: [{}] });
  for (const state of ["connected", "disconnected", "failed"]) {
    if (peer) peer.connectionState = state;
    peer?.onconnectionstatechange?.();
  }
  say({ type: "signal", signal: { kind: "call", call: "live" } });
  await settled();
  say({ type: "left" });
  expect(told).toEqual(["met 陈晨", "heard", "connected true", "connected false", "call live", "left"]);
  expect(peer?.isClosed).toBe(true);
});

test("another microphone takes the place of the one that was heard", async () => {
  const { colleague, open, say, peers, settled } = setUp(null);
  open();
  say({ ...MET, is_host: true });
  colleague.speakInto({ getAudioTracks: () => [{}] } as unknown as MediaStream);
  await settled();
  expect(peers[0]?.done.at(-1)).toBe("other track");
});

test("the guest is told how the call stands, also one who comes later", async () => {
  const { colleague, open, say, sent, settled } = setUp(null);
  open();
  say({ type: "made", code: "000042" });
  colleague.tell("live");
  colleague.tell("live");
  say({ ...MET, is_host: true });
  await settled();
  expect(sent.filter(({ signal }) => (signal as { kind?: string } | undefined)?.kind === "call")).toHaveLength(2);
});

test("a wrong code is told once, and what comes after a leave is not heard", () => {
  const wrong = setUp("999999");
  wrong.open();
  wrong.say({ type: "error", code: "unknown-room", message: "" });
  wrong.close();
  expect(wrong.told).toEqual(["failed unknown-room"]);
  const gone = setUp(null);
  gone.colleague.leave();
  gone.say({ type: "made", code: "000042" });
  gone.close();
  expect(gone.told).toEqual([]);
});
