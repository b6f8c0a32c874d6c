import { unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import { yamlView } from "./extensions";
import { phrasesIn } from "./phrases";

/** What one text changes in another; equal parts are folded away. */
export function DiffView({ before, after }: { before: string; after: string }): React.JSX.Element {
  const { t, i18n } = useTranslation();
  const frame = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (frame.current === null) return undefined;
    const phrases = phrasesIn(t);
    const view = new EditorView({
      parent: frame.current,
      doc: after,
      extensions: [
        yamlView({ label: t("playbooks.compare"), phrases }),
        EditorState.readOnly.of(true),
        unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: { margin: 3, minSize: 6 } }),
      ],
    });
    return () => {
      view.destroy();
    };
  }, [before, after, t, i18n.language]);

  return <div ref={frame} data-testid="diff" style={{ height: "100%", minHeight: 0, overflow: "hidden" }} />;
}
