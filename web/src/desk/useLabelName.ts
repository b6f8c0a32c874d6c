import { useCallback } from "react";
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

/** How labels are called in the language of the page. */
export function useLabelName(): LabelName {
  const { t } = useTranslation();
  return useCallback(
    (kind, code) => (Object.hasOwn(names[kind], code) ? t(`label.${kind}.${code}` as LabelKey) : code),
    [t],
  );
}
