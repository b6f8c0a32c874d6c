/** The colleague in another browser: found through a room, heard over a direct connection of both browsers. */

import type { CarriedCall, PeerSignal, RoomMessage } from "./roomMessages";

export interface ColleagueListener {
  /** The code that leads into the room that was made. */
  made(code: string): void;
  met(name: string): void;
  /** What the colleague says. */
  heard(stream: MediaStream): void;
  connected(isConnected: boolean): void;
  told(call: CarriedCall): void;
  left(): void;
  /** Nothing more comes. */
  failed(code: string, message: string): void;
}

/** A room's websocket. */
export interface RoomConnection {
  send(text: string): void;
  close(): void;
}

export interface RoomConnectionListener {
  opened(): void;
  received(text: string): void;
  closed(): void;
}

export interface ColleagueWorld {
  connect(listener: RoomConnectionListener): RoomConnection;
  createPeer(): RTCPeerConnection;
}

export class Colleague {
  private readonly room: RoomConnection;
  private peer: RTCPeerConnection | null = null;
  /** Candidates that came before the description they belong to. */
  private early: RTCIceCandidateInit[] = [];
  private isOver = false;
  private call: CarriedCall = "none";
  /** Signals are taken one after the other, whatever they wait for. */
  private turn: Promise<void> = Promise.resolve();

  /** `code`: of the room to enter; null: make one. `microphone` is what the colleague hears. */
  constructor(
    private readonly world: ColleagueWorld,
    private readonly listener: ColleagueListener,
    private microphone: MediaStream,
    code: string | null,
  ) {
    this.room = world.connect({
      opened: () => {
        this.send(code === null ? { type: "make" } : { type: "enter", code });
      },
      received: (text) => {
        this.receive(JSON.parse(text) as RoomMessage);
      },
      closed: () => {
        this.fail("unreachable", "");
      },
    });
  }

  /** Speak into another microphone. */
  speakInto(microphone: MediaStream): void {
    this.microphone = microphone;
    const [track] = microphone.getAudioTracks();
    if (track === undefined) return;
    for (const sender of this.peer?.getSenders() ?? []) this.inTurn(() => sender.replaceTrack(track));
  }

  /** Let the colleague know how the call stands. */
  tell(call: CarriedCall): void {
    if (call === this.call) return;
    this.call = call;
    this.signal({ kind: "call", call });
  }

  leave(): void {
    this.isOver = true;
    this.dropPeer();
    this.room.close();
  }

  private receive(message: RoomMessage): void {
    if (this.isOver) return;
    switch (message.type) {
      case "made":
        this.listener.made(message.code);
        break;
      case "met":
        this.meet(message.name, message.is_host);
        break;
      case "signal":
        this.inTurn(() => this.take(message.signal));
        break;
      case "left":
        this.dropPeer();
        this.listener.left();
        break;
      case "error":
        this.fail(message.code, message.message);
    }
  }

  /** The host offers; both send their microphone. */
  private meet(name: string, isHost: boolean): void {
    this.dropPeer();
    this.listener.met(name);
    const peer = this.world.createPeer();
    this.peer = peer;
    for (const track of this.microphone.getAudioTracks()) peer.addTrack(track, this.microphone);
    peer.onicecandidate = ({ candidate }) => {
      if (candidate !== null) this.signal({ kind: "candidate", candidate: candidate.toJSON() });
    };
    peer.ontrack = ({ streams: [stream] }) => {
      if (stream !== undefined) this.listener.heard(stream);
    };
    peer.onconnectionstatechange = () => {
      if (peer.connectionState === "connected") this.listener.connected(true);
      if (peer.connectionState === "failed") this.listener.connected(false);
    };
    if (!isHost) return;
    this.inTurn(() => this.describe(peer));
    if (this.call !== "none") this.signal({ kind: "call", call: this.call });
  }

  private inTurn(work: () => Promise<void>): void {
    const { peer } = this;
    this.turn = this.turn.then(work).catch(() => {
      // What fails because the colleague has left meanwhile is no failure.
      if (peer !== null && peer === this.peer) this.listener.connected(false);
    });
  }

  private async take(signal: PeerSignal): Promise<void> {
    const { peer } = this;
    if (signal.kind === "call") {
      this.listener.told(signal.call);
      return;
    }
    if (peer === null) return;
    if (signal.kind === "candidate") {
      if (peer.remoteDescription === null) this.early.push(signal.candidate);
      else await peer.addIceCandidate(signal.candidate);
      return;
    }
    await peer.setRemoteDescription(signal.description);
    for (const candidate of this.early.splice(0)) await peer.addIceCandidate(candidate);
    if (signal.description.type === "offer") await this.describe(peer);
  }

  /** Offer, or answer what was offered. */
  private async describe(peer: RTCPeerConnection): Promise<void> {
    await peer.setLocalDescription();
    const description = peer.localDescription;
    if (description !== null) this.signal({ kind: "description", description: description.toJSON() });
  }

  private signal(signal: PeerSignal): void {
    this.send({ type: "signal", signal });
  }

  private send(message: object): void {
    if (!this.isOver) this.room.send(JSON.stringify(message));
  }

  private dropPeer(): void {
    this.peer?.close();
    this.peer = null;
    this.early = [];
  }

  private fail(code: string, message: string): void {
    if (this.isOver) return;
    this.leave();
    this.listener.failed(code, message);
  }
}
