import { useTranslation } from "react-i18next";

import { dispositions, type DispositionTree } from "../api";
import type { FilingCode } from "../protocol.gen";
import { useRead } from "../useRead";

export interface Dispositions {
  /** Empty until the server has answered. */
  readonly tree: DispositionTree;
  /** What a code is called; one that is not in the tree stands for itself. */
  readonly nameOf: (half: keyof DispositionTree, code: string) => string;
}

/** Codes stand for themselves where their names could not be read. */
const stayQuiet = (): void => undefined;
const unknown: DispositionTree = { reasons: [], results: [] };

/** The codes by which calls are filed and those of the call's playbook, in the language of the page. */
export function useDispositions(own: readonly FilingCode[] = []): Dispositions {
  const { i18n } = useTranslation();
  const tree = useRead(dispositions, stayQuiet).value ?? unknown;
  const all = withOwn(tree, own);
  const nameOf: Dispositions["nameOf"] = (half, code) => {
    const known = all[half].find((one) => one.code === code);
    return known?.[i18n.language.startsWith("zh") ? "zh" : "en"] ?? code;
  };
  return { tree: all, nameOf };
}

/** A code of the playbook takes the place of the one that is called so. */
function withOwn(tree: DispositionTree, own: readonly FilingCode[]): DispositionTree {
  const half = (which: FilingCode["half"], known: DispositionTree["reasons"]): DispositionTree["reasons"] => {
    const more = own.filter((one) => one.half === which);
    return [...known.filter(({ code }) => !more.some((one) => one.code === code)), ...more];
  };
  return { reasons: half("reason", tree.reasons), results: half("result", tree.results) };
}
