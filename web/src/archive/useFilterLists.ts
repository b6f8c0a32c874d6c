import { useMemo } from "react";

import zh from "../i18n/zh-CN.json";
import { useTexts } from "../shared/useTexts";
import type { Choice, Choices } from "./api";
import { REACTIONS, SEVERITIES, VERDICTS, type ListField, type Question } from "./question";

interface Option {
  readonly value: string;
  readonly label: string;
}

type FilterList = readonly [ListField, readonly Option[]];

const EMOTIONS = Object.keys(zh.label.emotion);

/** The fields of which one of several values may be chosen, each with what there is; teams only where one is asked for. */
export function useFilterLists(question: Question, choices: Choices | null): readonly FilterList[] {
  const { t, nameOf } = useTexts();
  const { team } = question;
  return useMemo(() => {
    const emotions = EMOTIONS.map((value) => ({ value, label: nameOf("emotion", value) }));
    return [
      ["flag", optionsOf(choices?.rules)],
      ["verdict", VERDICTS.map((value) => ({ value, label: t(`verdict.${value}`) }))],
      ["severity", SEVERITIES.map((value) => ({ value, label: t(`severity.${value}`) }))],
      ["agent", optionsOf(choices?.agents, ({ code, title }) => (title === "" ? code : `${title} ${code}`))],
      ...(team === undefined ? [] : [["team", team.map((value) => ({ value, label: value }))] as const]),
      [
        "reason",
        [
          ...optionsOf(choices?.intents, ({ code }) => nameOf("intent", code)),
          { value: "unknown", label: t("reports.unknown.reason") },
        ],
      ],
      ["intent", optionsOf(choices?.intents, ({ code }) => nameOf("intent", code))],
      ["emotion", emotions],
      ["worst", emotions],
      ["ends", emotions],
      ["offer", optionsOf(choices?.offers)],
      ["reaction", REACTIONS.map((value) => ({ value, label: t(`reaction.${value}`) }))],
    ];
  }, [choices, team, t, nameOf]);
}

function optionsOf(
  choices: readonly Choice[] | undefined,
  nameOf: (choice: Choice) => string = ({ code, title }) => (title === "" ? code : title),
): readonly Option[] {
  return (choices ?? []).map((choice) => ({ value: choice.code, label: nameOf(choice) }));
}
