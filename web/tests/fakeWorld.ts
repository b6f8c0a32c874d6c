/** A desk server and a clock that only move when told. */

import type { ClientMessage, ServerMessage, User } from "../src/protocol";

export const user: User = { user_id: "u1", name: "王", role: "agent", agent_id: "a1" };
export const hello: ServerMessage = { type: "hello", version: 1, user, server: { name: "test", version: "0" } };

export class FakeWorld {
  now = 0;
  readonly connections: FakeConnection[] = [];
  private timers: { readonly at_ms: number; readonly action: () => void }[] = [];

  connect = (received: (text: string) => void, closed: (code: number) => void): FakeConnection => {
    const connection = new FakeConnection(received, closed);
    this.connections.push(connection);
    return connection;
  };

  after = (delay_ms: number, action: () => void): (() => void) => {
    const timer = { at_ms: this.now + delay_ms, action };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  };

  now_ms = (): number => this.now;
  random = (): number => 0;

  /** Let time pass, running what falls due in order. */
  pass(duration_ms: number): void {
    const end_ms = this.now + duration_ms;
    for (;;) {
      const [due] = this.timers.filter(({ at_ms }) => at_ms <= end_ms).sort((a, b) => a.at_ms - b.at_ms);
      if (due === undefined) break;
      this.timers = this.timers.filter((other) => other !== due);
      this.now = due.at_ms;
      due.action();
    }
    this.now = end_ms;
  }

  get last(): FakeConnection {
    const connection = this.connections.at(-1);
    if (connection === undefined) throw new Error("nothing has connected");
    return connection;
  }
}

export class FakeConnection {
  readonly sent: ClientMessage[] = [];
  isGivenUp = false;

  constructor(
    private readonly received: (text: string) => void,
    readonly closed: (code: number) => void,
  ) {}

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientMessage);
  }

  close(): void {
    this.isGivenUp = true;
  }

  say(message: ServerMessage): void {
    this.received(JSON.stringify(message));
  }

  sentOf(type: ClientMessage["type"]): ClientMessage[] {
    return this.sent.filter((message) => message.type === type);
  }
}
