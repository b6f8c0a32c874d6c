/** What a browser gives, and what it refuses. */

import { afterEach, expect, test, vi } from "vitest";

import { storedCase } from "../../src/softphone/drillCases";
import { Sound, SoundError } from "../../src/softphone/sound";

afterEach(() => {
  vi.unstubAllGlobals();
});

async function troubleOf(opening: Promise<unknown>): Promise<string> {
  const error: unknown = await opening.catch((caught: unknown) => caught);
  return error instanceof SoundError ? error.trouble : String(error);
}

test.each([
  [false, {}],
  [true, undefined],
])("a page that is no secure context (%s) gets no microphone and is told so", async (isSecureContext, mediaDevices) => {
  vi.stubGlobal("window", { isSecureContext });
  vi.stubGlobal("navigator", { mediaDevices });
  expect(await troubleOf(Sound.open(() => undefined))).toBe("insecure-context");
});

/** A browser whose microphone and sharing answer as given. */
async function openSound(devices: object): Promise<Sound> {
  const node = { port: {}, connect: () => undefined, disconnect: () => undefined };
  class FakeContext {
    audioWorklet = { addModule: () => Promise.resolve() };
    resume = (): Promise<void> => Promise.resolve();
    createMediaStreamSource = (): object => node;
  }
  vi.stubGlobal("window", { isSecureContext: true });
  vi.stubGlobal("navigator", { mediaDevices: devices });
  vi.stubGlobal("AudioContext", FakeContext);
  vi.stubGlobal(
    "AudioWorkletNode",
    class {
      port = {};
    },
  );
  vi.stubGlobal("Audio", FakeContext);
  return await Sound.open(() => undefined);
}

test.each([
  ["NotAllowedError", "permission-refused"],
  ["NotFoundError", "no-microphone"],
  ["OverconstrainedError", "no-microphone"],
  ["NotReadableError", "microphone-busy"],
  ["TypeError", "microphone-failed"],
])("%s of a microphone is told as %s", async (name, trouble) => {
  const error = Object.assign(new Error(), { name });
  const sound = await openSound({ getUserMedia: () => Promise.reject(error) });
  expect(await troubleOf(sound.microphone(0, null, () => undefined))).toBe(trouble);
});

test("sharing without sound is stopped and told, as is a browser that cannot share", async () => {
  const stopped: string[] = [];
  const track = { stop: () => stopped.push("video") };
  const stream = { getAudioTracks: () => [], getTracks: () => [track] };
  const sharing = await openSound({ getDisplayMedia: () => Promise.resolve(stream) });
  expect(await troubleOf(sharing.shared(1, () => undefined))).toBe("no-shared-sound");
  expect(stopped).toEqual(["video"]);
  const refused = await openSound({ getDisplayMedia: () => Promise.reject(new Error()) });
  expect(await troubleOf(refused.shared(1, () => undefined))).toBe("share-refused");
  expect(await troubleOf((await openSound({})).shared(1, () => undefined))).toBe("share-unsupported");
});

test("a stored call becomes a case of its finals, as they are read", async () => {
  const line = { party: "customer", final: true, start_ms: 1, end_ms: 2, text: "一百", display_text: "100" };
  const lines = [line, { ...line, final: false }, { ...line, party: "mixed" }, { ...line, display_text: null }];
  const answer = { call: {}, view: { lines, customer: null } };
  vi.stubGlobal("fetch", () => Promise.resolve({ ok: true, json: () => Promise.resolve(answer) }));
  const found = await storedCase("c1");
  expect(found).toMatchObject({ id: "c1", audioUrl: "/api/v1/calls/c1/audio", customer: null });
  expect(found.lines.map(({ text }) => text)).toEqual(["100", "一百"]);
});
