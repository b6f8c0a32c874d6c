import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import zh from "../i18n/zh-CN.json";
import type { ActCode, EmotionCode, EntityCode, IntentCode } from "../protocol.gen";

interface CodesByKind {
  readonly intent: IntentCode;
  readonly emotion: EmotionCode;
  readonly act: ActCode;
  readonly entity: EntityCode;
}
export type LabelKind = keyof CodesByKind;
type LabelKey = { [Kind in LabelKind]: `label.${Kind}.${CodesByKind[Kind]}` }[LabelKind];

/** The compiler sees here that no label lacks a name. */
const names: { readonly [Kind in LabelKind]: Readonly<Record<CodesByKind[Kind], string>> } = zh.label;

/** Names a label; one of a foreign model, which has no name, stands for itself. */
export type LabelName = (kind: LabelKind, code: string) => string;

/** What components that are drawn thousands of times are given, instead of each asking for it. */
export interface Texts {
  readonly t: TFunction;
  readonly nameOf: LabelName;
  readonly language: string;
}

/** Texts and names of labels in the language of the page; the same object until that changes. */
export function useTexts(): Texts {
  const { t, i18n } = useTranslation();
  const { language } = i18n;
  return useMemo(
    () => ({
      t,
      language,
      nameOf: (kind, code) => (Object.hasOwn(names[kind], code) ? t(`label.${kind}.${code}` as LabelKey) : code),
    }),
    [t, language],
  );
}
