import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { dispositions, type DispositionTree } from "../api";

export interface Dispositions {
  /** Empty until the server has answered. */
  readonly tree: DispositionTree;
  /** What a code is called; one that is not in the tree stands for itself. */
  readonly nameOf: (half: keyof DispositionTree, code: string) => string;
}

const unknown: DispositionTree = { reasons: [], results: [] };

/** The codes by which calls are filed, in the language of the page. */
export function useDispositions(): Dispositions {
  const { i18n } = useTranslation();
  const [tree, setTree] = useState(unknown);
  useEffect(() => {
    let isWanted = true;
    dispositions().then(
      (read) => {
        if (isWanted) setTree(read);
      },
      () => undefined,
    );
    return () => {
      isWanted = false;
    };
  }, []);
  const nameOf: Dispositions["nameOf"] = (half, code) => {
    const known = tree[half].find((one) => one.code === code);
    return known?.[i18n.language.startsWith("zh") ? "zh" : "en"] ?? code;
  };
  return { tree, nameOf };
}
