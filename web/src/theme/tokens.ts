/** The only place where colours are named: design tokens of both themes, used as CSS variables `--lc-…`. */

export type ThemeName = "light" | "dark";

export interface Tokens {
  readonly canvas: string;
  readonly surface: string;
  readonly raised: string;
  readonly sunken: string;
  readonly line: string;
  readonly lineStrong: string;
  readonly text: string;
  readonly textSoft: string;
  readonly textFaint: string;
  readonly brand: string;
  readonly brandText: string;
  readonly brandSoft: string;
  readonly customer: string;
  readonly customerSoft: string;
  readonly agent: string;
  readonly agentSoft: string;
  readonly mixed: string;
  readonly mixedSoft: string;
  readonly offer: string;
  readonly offerSoft: string;
  readonly say: string;
  readonly saySoft: string;
  readonly soothe: string;
  readonly sootheSoft: string;
  readonly close: string;
  readonly closeSoft: string;
  readonly answer: string;
  readonly answerSoft: string;
  readonly step: string;
  readonly stepSoft: string;
  readonly breach: string;
  readonly breachSoft: string;
  readonly atRisk: string;
  readonly atRiskSoft: string;
  readonly met: string;
  readonly metSoft: string;
  readonly abstained: string;
  readonly abstainedSoft: string;
  readonly highlight: string;
  readonly shadow: string;
  readonly shadowRaised: string;
  readonly heroFrom: string;
  readonly heroTo: string;
  readonly heroText: string;
  readonly heroSoft: string;
}

const light: Tokens = {
  canvas: "#f3f5f9",
  surface: "#ffffff",
  raised: "#ffffff",
  sunken: "#f0f3f8",
  line: "#e4e8f0",
  lineStrong: "#ccd4e1",
  text: "#131a29",
  textSoft: "#48536a",
  textFaint: "#5f6a80",
  brand: "#3b5bfd",
  brandText: "#2d49d6",
  brandSoft: "#ebeffe",
  customer: "#0a66c2",
  customerSoft: "#edf4fc",
  agent: "#0b7d60",
  agentSoft: "#ebf7f2",
  mixed: "#5f4fc4",
  mixedSoft: "#f1effb",
  offer: "#7438e8",
  offerSoft: "#f4effe",
  say: "#2361e0",
  saySoft: "#edf3fe",
  soothe: "#c42a6b",
  sootheSoft: "#fdeff5",
  close: "#a85d00",
  closeSoft: "#fdf4e6",
  answer: "#0b7a70",
  answerSoft: "#e9f7f5",
  step: "#47566f",
  stepSoft: "#eff2f6",
  breach: "#c9281c",
  breachSoft: "#fdf0ef",
  atRisk: "#a65a05",
  atRiskSoft: "#fef5e7",
  met: "#147a50",
  metSoft: "#ebf7f1",
  abstained: "#5f4fc4",
  abstainedSoft: "#f2f0fc",
  highlight: "#fff0b8",
  shadow: "0 1px 2px rgb(19 26 41 / 5%)",
  shadowRaised: "0 1px 2px rgb(19 26 41 / 6%), 0 6px 18px -6px rgb(19 26 41 / 14%)",
  heroFrom: "#1b2a7a",
  heroTo: "#3b5bfd",
  heroText: "#ffffff",
  heroSoft: "#cfd9ff",
};

const dark: Tokens = {
  canvas: "#0c1017",
  surface: "#131923",
  raised: "#19212d",
  sunken: "#0f141d",
  line: "#242d3b",
  lineStrong: "#364153",
  text: "#e9edf5",
  textSoft: "#b3bdce",
  textFaint: "#8a96aa",
  brand: "#5e7bff",
  brandText: "#93a8ff",
  brandSoft: "#1c2543",
  customer: "#74b4ff",
  customerSoft: "#142233",
  agent: "#56cfa6",
  agentSoft: "#11261f",
  mixed: "#a99cf5",
  mixedSoft: "#1f1c36",
  offer: "#b391ff",
  offerSoft: "#231b3a",
  say: "#82aaff",
  saySoft: "#182440",
  soothe: "#ff8cb8",
  sootheSoft: "#351a28",
  close: "#f0ae57",
  closeSoft: "#302313",
  answer: "#54cbbd",
  answerSoft: "#112a28",
  step: "#a9b6cb",
  stepSoft: "#202938",
  breach: "#ff8078",
  breachSoft: "#341a1b",
  atRisk: "#f0ae57",
  atRiskSoft: "#302313",
  met: "#5ccf9b",
  metSoft: "#112821",
  abstained: "#a99cf5",
  abstainedSoft: "#1f1c36",
  highlight: "#4a3f14",
  shadow: "0 1px 2px rgb(0 0 0 / 30%)",
  shadowRaised: "0 1px 2px rgb(0 0 0 / 40%), 0 8px 24px -8px rgb(0 0 0 / 60%)",
  heroFrom: "#101a4a",
  heroTo: "#2c46c9",
  heroText: "#ffffff",
  heroSoft: "#b9c7ff",
};

export const themes: Readonly<Record<ThemeName, Tokens>> = { light, dark };

/** Publish a theme's tokens as CSS variables (`textSoft` becomes `--lc-text-soft`). */
export function publishTokens(root: HTMLElement, name: ThemeName): void {
  for (const [token, value] of Object.entries(themes[name])) {
    root.style.setProperty(`--lc-${token.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, String(value));
  }
  root.style.colorScheme = name;
  root.dataset["theme"] = name;
}
