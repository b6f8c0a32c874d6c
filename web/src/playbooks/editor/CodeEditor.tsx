import { setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import type { Problem } from "../api";
import { marksOf, yamlEditor } from "./extensions";
import { phrasesIn } from "./phrases";
import type { Schema } from "./schemaHelp";

/** A line to be shown; a new `serial` shows the same line again. */
export interface Target {
  readonly line: number;
  readonly serial: number;
}

interface Props {
  text: string;
  isReadOnly: boolean;
  schema: Schema | null;
  problems: readonly Problem[];
  target: Target | null;
  typed: (text: string) => void;
}

/** The text of a playbook under the cursor. */
export function CodeEditor({ text, isReadOnly, schema, problems, target, typed }: Props): React.JSX.Element {
  const { t, i18n } = useTranslation();
  const frame = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const known = useRef({ schema, typed, text });
  useEffect(() => {
    known.current = { schema, typed, text };
  });

  useEffect(() => {
    if (frame.current === null) return undefined;
    const texts = {
      label: t("playbooks.editor"),
      required: t("playbooks.required"),
      phrases: phrasesIn(t),
    };
    const made = new EditorView({
      parent: frame.current,
      doc: known.current.text,
      extensions: [
        yamlEditor(texts, () => known.current.schema),
        EditorState.readOnly.of(isReadOnly),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) known.current.typed(update.state.doc.toString());
        }),
      ],
    });
    view.current = made;
    return () => {
      view.current = null;
      made.destroy();
    };
  }, [t, i18n.language, isReadOnly]);

  useEffect(() => {
    const doc = view.current?.state.doc;
    if (!doc || doc.toString() === text) return;
    view.current?.dispatch({ changes: { from: 0, to: doc.length, insert: text } });
  }, [text]);

  useEffect(() => {
    const made = view.current;
    made?.dispatch(setDiagnostics(made.state, marksOf(problems, made.state.doc)));
  }, [problems, i18n.language, isReadOnly]);

  useEffect(() => {
    const made = view.current;
    if (made === null || target === null) return;
    const { from } = made.state.doc.line(Math.min(target.line, made.state.doc.lines));
    made.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
    made.focus();
  }, [target]);

  return <div ref={frame} data-testid="playbook-editor" style={{ height: "100%", minHeight: 0 }} />;
}
