import { useTranslation } from "react-i18next";

import zh from "./i18n/zh-CN.json";

type KnownCode = keyof typeof zh.error.codes;

function isKnown(code: string): code is KnownCode {
  return code in zh.error.codes;
}

/** Turns an error's code and message into a sentence that names the code. */
export function useErrorText(): (code: string, message: string) => string {
  const { t } = useTranslation();
  return (code, message) => {
    const text = isKnown(code) ? t(`error.codes.${code}`) : t("error.other", { message });
    return t("error.with-code", { text, code });
  };
}
