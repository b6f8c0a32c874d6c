/** The page's state, and the softphone that moves it. */

import { expect, test } from "vitest";

import { FRAME_SAMPLES, type Heard } from "../../src/softphone/capture";
import type { RoomConnectionListener } from "../../src/softphone/colleague";
import type { LineConnectionListener } from "../../src/softphone/line";
import { Phone, UNHEARD_MS } from "../../src/softphone/phone";
import { missing, openingOf, phoneReducer, startingPhone, type DrillCase } from "../../src/softphone/phoneState";
import { SoundError, type Sound } from "../../src/softphone/sound";
import { FakeWorld } from "../fakeWorld";

const CASE: DrillCase = {
  id: "01",
  title: "查流量",
  audioUrl: "/audio",
  playbook: "bank",
  customer: { customer_id: "138", name: "王", attributes: { 套餐: "79" } },
  lines: [
    { party: "agent", start_ms: 0, end_ms: 900, text: "您好" },
    { party: "customer", start_ms: 1000, end_ms: 1900, text: "查流量" },
  ],
};

function frame(microphone: number, other = 0): Heard {
  const samples = (): Int16Array<ArrayBuffer> => new Int16Array(FRAME_SAMPLES);
  return { sounds: [samples(), samples()], peaks: [microphone, other] };
}

/** A phone whose devices and server do what the test says. */
function setUp(microphone: () => Promise<void> = () => Promise.resolve()) {
  const world = new FakeWorld();
  const sent: (string | number)[] = [];
  const playing: (() => void)[] = [];
  const rooms: RoomConnectionListener[] = [];
  let server: LineConnectionListener | null = null;
  let hear: (frame: Heard) => void = () => undefined;
  const sound = {
    microphone,
    stream: () => ({ getAudioTracks: () => [] }) as unknown as MediaStream,
    shared: () => Promise.reject(new SoundError("no-shared-sound")),
    recording: () => Promise.resolve({} as AudioBuffer),
    play: (_input: number, _of: unknown, _start: number, _end: number, ended: () => void) => {
      playing.push(ended);
      return () => undefined;
    },
    disconnect: () => undefined,
    close: () => Promise.resolve(),
  } as unknown as Sound;
  const { after, now_ms, random } = world;
  const phone = new Phone({
    line: {
      after,
      now_ms,
      random,
      connect: (listener) => {
        server = listener;
        return {
          send: (message) => {
            sent.push(typeof message === "string" ? message : message.length);
          },
          waiting_bytes: () => 0,
          close: () => undefined,
        };
      },
    },
    colleague: {
      connect: (listener) => {
        rooms.push(listener);
        return { send: () => undefined, close: () => undefined };
      },
      createPeer: () => ({ addTrack: () => undefined, close: () => undefined }) as unknown as RTCPeerConnection,
    },
    openSound: (heard) => {
      hear = heard;
      return Promise.resolve(sound);
    },
    microphones: () => Promise.resolve([{ id: "m", label: "耳机" }]),
  });
  return {
    phone,
    sent,
    playing,
    rooms,
    hear: (of: Heard) => {
      hear(of);
    },
    answer: () => {
      server?.opened();
      server?.received(JSON.stringify({ type: "opened", call_id: "c1", resume_token: "t", grace_ms: 30_000 }));
    },
    say: (message: object) => {
      server?.received(JSON.stringify(message));
    },
  };
}

test("a call begins when the microphone is on, the other side is there and everybody knows of the recording", () => {
  const steps = [
    { type: "sound-opened", devices: [] },
    { type: "other-connected" },
    { type: "planned", change: { agreed: true } },
  ] as const;
  let state = startingPhone;
  const lacking = [missing(state)];
  for (const step of steps) {
    state = phoneReducer(state, step);
    lacking.push(missing(state));
  }
  expect(lacking).toEqual(["sound", "other", "agreement", null]);
  expect(missing(phoneReducer(state, { type: "planned", change: { mode: "drill" } }))).toBe("case");
});

test("another source is not connected yet, and another mode asks for agreement anew", () => {
  const ready = {
    ...startingPhone,
    sound: "on" as const,
    hasOther: true,
    plan: { ...startingPhone.plan, agreed: true },
  };
  expect(phoneReducer(ready, { type: "planned", change: { other: "device" } })).toMatchObject({ hasOther: false });
  expect(phoneReducer(ready, { type: "planned", change: { mode: "drill" } }).plan.agreed).toBe(false);
  expect(phoneReducer(ready, { type: "planned", change: { guidance: "expert" } })).toMatchObject({ hasOther: true });
});

test("the microphone's party comes first, and a drill brings its customer and playbook", () => {
  const customer = phoneReducer(startingPhone, { type: "planned", change: { role: "customer" } });
  expect(openingOf(customer).media.channels).toEqual(["customer", "agent"]);
  const alone = phoneReducer(startingPhone, { type: "planned", change: { other: "none" } });
  expect(openingOf(alone).media.channels).toEqual(["agent"]);
  const drill = phoneReducer(phoneReducer(customer, { type: "planned", change: { mode: "drill" } }), {
    type: "case-chosen",
    drillCase: CASE,
  });
  expect(openingOf(drill)).toMatchObject({
    media: { channels: ["agent", "customer"] },
    customer: CASE.customer,
    playbook: "bank",
    external_id: "drill/01",
  });
});

test("a refused microphone is said to be so, and can be asked for again", async () => {
  let isRefused = true;
  const { phone } = setUp(() => (isRefused ? Promise.reject(new SoundError("permission-refused")) : Promise.resolve()));
  await phone.openSound();
  expect(phone.getState()).toMatchObject({ sound: "off", trouble: "permission-refused" });
  isRefused = false;
  await phone.openSound();
  expect(phone.getState()).toMatchObject({ sound: "on", trouble: null, devices: [{ label: "耳机" }] });
});

test("a shared tab without sound is no other party", async () => {
  const { phone } = setUp();
  phone.plan({ other: "shared" });
  await phone.openSound();
  await phone.connectOther();
  expect(phone.getState()).toMatchObject({ sound: "on", hasOther: false, trouble: "no-shared-sound" });
});

test("a call of one side sends one channel, is reported when nothing is heard, and ends with the server's word", async () => {
  const { phone, sent, hear, answer, say } = setUp();
  phone.plan({ other: "none", agreed: true });
  await phone.openSound();
  await phone.start();
  answer();
  hear(frame(0.2));
  expect(sent.at(-1)).toBe(FRAME_SAMPLES * 2);
  expect(phone.level(0)).toBe(0.2);
  for (let at_ms = 0; at_ms < UNHEARD_MS; at_ms += 40) hear(frame(0));
  expect(phone.getState().unheard).toEqual([0]);
  hear(frame(0.2));
  expect(phone.getState().unheard).toEqual([]);
  phone.hangUp();
  say({ type: "closed", call_id: "c1", cause: "hangup" });
  expect(phone.getState()).toMatchObject({ line: { kind: "closed" }, callId: "c1", plan: { agreed: false } });
});

test("a drill plays its customer after the trainee, and again after a pause", async () => {
  const { phone, playing, hear, answer } = setUp();
  phone.plan({ mode: "drill", agreed: true });
  phone.chooseCase(CASE);
  await phone.openSound();
  await phone.start();
  answer();
  for (let index = 0; index < 20; index += 1) hear(frame(0.2));
  for (let index = 0; index < 40; index += 1) hear(frame(0));
  expect(playing).toHaveLength(1);
  phone.hold(true);
  phone.hold(false);
  expect(playing).toHaveLength(2);
  playing.at(-1)?.();
  expect(phone.getState().drill?.phase).toBe("done");
});

test("a guest joins with a code, hears how the call stands, and may come too late", async () => {
  const { phone, rooms } = setUp();
  phone.plan({ mode: "join", agreed: true });
  await phone.openSound();
  expect(missing(phone.getState())).toBe("code");
  phone.plan({ code: "123456" });
  phone.join();
  rooms[0]?.received(JSON.stringify({ type: "met", name: "林晓", is_host: false }));
  expect(phone.getState().companion).toMatchObject({ name: "林晓", link: "connecting" });
  phone.part();
  expect(phone.getState().companion).toBeNull();
  phone.join();
  rooms[1]?.received(JSON.stringify({ type: "error", code: "unknown-room", message: "" }));
  expect(phone.getState()).toMatchObject({ companion: null, roomFailure: { code: "unknown-room" } });
});

test("a host waits for the colleague, who may leave and come again", async () => {
  const { phone, rooms } = setUp();
  phone.plan({ other: "colleague" });
  await phone.openSound();
  await phone.connectOther();
  const say = (message: object): void => {
    rooms[0]?.received(JSON.stringify(message));
  };
  say({ type: "made", code: "000042" });
  expect(phone.getState().companion).toMatchObject({ code: "000042", link: "waiting" });
  say({ type: "met", name: "陈晨", is_host: true });
  say({ type: "left" });
  expect(phone.getState()).toMatchObject({ hasOther: false, trouble: "colleague-left" });
  expect(phone.getState().companion).toMatchObject({ code: "000042", name: null });
  phone.plan({ microphone: "m" });
  expect(phone.getState().companion).not.toBeNull();
  phone.plan({ other: "shared" });
  expect(phone.getState().companion).toBeNull();
});
