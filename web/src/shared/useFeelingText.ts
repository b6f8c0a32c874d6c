import { useMemo } from "react";

import type { EmotionEvidence, Feeling } from "../protocol.gen";
import { useTexts } from "./useTexts";

export interface FeelingText {
  /** "愤怒（明显）". */
  readonly state: (feeling: Feeling) => string;
  /** What it rests on: "声音大了 6 dB、用语“怎么又超了”"; empty where nothing stands out. */
  readonly evidence: (feeling: Feeling) => string;
  /** "根据用语和声音判断". */
  readonly heardIn: (feeling: Feeling) => string;
}

const STRENGTHS = [1, 2, 3] as const;

/** Feelings in words of the language of the page. */
export function useFeelingText(): FeelingText {
  const { t, nameOf } = useTexts();
  return useMemo(() => {
    const one = ({ kind, amount, quote }: EmotionEvidence): string =>
      t(`feeling.${kind}`, { amount: Math.round(amount), quote });
    return {
      state: ({ label, intensity }) => {
        const emotion = nameOf("emotion", label);
        const strength = STRENGTHS.find((known) => known === intensity);
        return strength === undefined
          ? emotion
          : t("feeling.state", { emotion, intensity: t(`feeling.intensity-${strength}`) });
      },
      evidence: ({ evidence }) => evidence.map(one).join(t("meaning.separator")),
      heardIn: ({ heard_in: [first, second] }) =>
        t(`feeling.heard-${second === undefined ? (first ?? "words") : "both"}`),
    };
  }, [t, nameOf]);
}
