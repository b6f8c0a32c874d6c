// @vitest-environment happy-dom
/** The player over an audio element that only does what it is told. */

import { beforeEach, describe, expect, test, vi } from "vitest";

import { Player } from "../../src/callPage/player";

class FakeFrames {
  private waiting: (() => void)[] = [];

  request = (draw: () => void): number => this.waiting.push(draw);

  next(): number {
    const due = this.waiting;
    this.waiting = [];
    for (const draw of due) draw();
    return due.length;
  }
}

let audio: HTMLAudioElement;
let paused: boolean;
let frames: FakeFrames;
let player: Player;
let answer: Promise<void>;

beforeEach(() => {
  audio = document.createElement("audio");
  paused = true;
  answer = Promise.resolve();
  frames = new FakeFrames();
  Object.defineProperties(audio, {
    paused: { get: () => paused },
    ended: { value: false },
    duration: { value: 60 },
    currentTime: { value: 0, writable: true },
    error: { value: null },
  });
  vi.spyOn(audio, "play").mockImplementation(() => {
    paused = false;
    audio.dispatchEvent(new Event("play"));
    return answer;
  });
  vi.spyOn(audio, "pause").mockImplementation(() => {
    paused = true;
    audio.dispatchEvent(new Event("pause"));
  });
  player = new Player(audio, frames.request);
});

describe("a player", () => {
  test("plays from where it is told, and tells of its position with every frame while it plays", () => {
    player.open("/sound");
    const heard = vi.fn();
    player.subscribe(heard);
    player.play(12_500);
    expect(player.position_ms).toBe(12_500);
    expect(player.getState().isPlaying).toBe(true);
    heard.mockClear();
    frames.next();
    frames.next();
    expect(heard).toHaveBeenCalledTimes(2);
    player.toggle();
    frames.next();
    expect(frames.next()).toBe(0);
    expect(player.getState().isPlaying).toBe(false);
  });

  test("stays within the call", () => {
    player.open("/sound");
    player.skip(-5000);
    expect(player.position_ms).toBe(0);
    player.seek(600_000);
    expect(player.position_ms).toBe(60_000);
  });

  test("says that the browser wants a click before it plays", async () => {
    player.open("/sound");
    answer = Promise.reject(new DOMException("no gesture", "NotAllowedError"));
    player.play(1000);
    await vi.waitFor(() => {
      expect(player.getState().trouble).toBe("needs-click");
    });
    answer = Promise.resolve();
    player.play();
    await vi.waitFor(() => {
      expect(player.getState().trouble).toBeNull();
    });
  });

  test("does nothing without a sound, and is silent once it is left", () => {
    player.play(1000);
    expect(player.getState().isPlaying).toBe(false);
    const leave = player.open("/sound");
    player.play();
    leave();
    expect(player.getState().isPlaying).toBe(false);
    expect(audio.hasAttribute("src")).toBe(false);
  });
});
