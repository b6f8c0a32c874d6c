/** Both themes are legible: WCAG 2.2 contrast of each text colour on the surfaces it is drawn on. */

import { describe, expect, test } from "vitest";

import { themes, type ThemeName, type Tokens } from "../src/theme/tokens";

type Colour = keyof Tokens;

const TEXT_ON: readonly (readonly [Colour, readonly Colour[]])[] = [
  ["text", ["canvas", "surface", "raised", "sunken", "customerSoft", "agentSoft", "mixedSoft", "highlight"]],
  ["textSoft", ["canvas", "surface", "raised", "sunken", "atRiskSoft", "breachSoft"]],
  ["textFaint", ["canvas", "surface", "raised", "sunken", "customerSoft", "agentSoft", "mixedSoft"]],
  ["brandText", ["brandSoft"]],
  ["heroText", ["heroFrom", "heroTo"]],
  ["customer", ["surface", "customerSoft", "sunken"]],
  ["agent", ["surface", "agentSoft", "sunken"]],
  ...(["offer", "say", "soothe", "close", "answer", "step", "breach", "atRisk", "met", "abstained"] as const).map(
    (tone) => [tone, [`${tone}Soft`, "surface"]] as const,
  ),
];

/** Relative luminance of "#rrggbb" (WCAG 2.2). */
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((place) => {
    const value = parseInt(hex.slice(place, place + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

describe.each(["light", "dark"] satisfies ThemeName[])("the %s theme", (name) => {
  const tokens = themes[name];
  const pairs = TEXT_ON.flatMap(([text, surfaces]) => surfaces.map((surface) => [text, surface] as const));

  test.each(pairs)("%s can be read on %s", (text, surface) => {
    expect(contrast(tokens[text], tokens[surface])).toBeGreaterThanOrEqual(4.5);
  });
});
