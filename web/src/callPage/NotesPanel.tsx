import { DeleteOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Note } from "../protocol.gen";
import { clockTime } from "../shared/format";
import type { Shine } from "../shared/spotlight";
import styles from "./Panels.module.css";

interface Props {
  notes: readonly Note[];
  userId: string;
  /** Where a new note goes, as it is when it is begun; it may be asked again. */
  position: () => number;
  /** null: this reader leaves no notes. */
  leave: ((at_ms: number, text: string) => Promise<boolean>) | null;
  remove: (noteId: string) => void;
  shine: Shine;
}

const MAX_CHARS = 2000;

/** What people noted on positions of the call. */
export function NotesPanel({ notes, userId, position, leave, remove, shine }: Props): React.JSX.Element {
  const { t, i18n } = useTranslation();
  return (
    <section className={styles.panel} aria-label={t("call-page.notes")} data-testid="notes">
      <ul className={styles.scroller}>
        {notes.length === 0 && <li className={styles.empty}>{t("call-page.no-notes")}</li>}
        {notes.map(({ note_id, at_ms, text, by, by_name, at }) => (
          <li key={note_id} className={styles.note} data-testid={`note-${note_id}`}>
            <button
              type="button"
              title={t("call-page.play-from")}
              onClick={() => {
                shine({ utteranceId: null, start_ms: at_ms });
              }}
            >
              {clockTime(at_ms)}
            </button>
            <p>{text}</p>
            <small>
              {by_name} · {new Date(at).toLocaleString(i18n.language, { dateStyle: "short", timeStyle: "short" })}
            </small>
            {by === userId && (
              <Button
                size="small"
                type="text"
                icon={<DeleteOutlined />}
                aria-label={t("call-page.remove-note")}
                onClick={() => {
                  remove(note_id);
                }}
              />
            )}
          </li>
        ))}
      </ul>
      {leave && <NoteForm position={position} leave={leave} />}
    </section>
  );
}

interface FormProps {
  position: () => number;
  leave: (at_ms: number, text: string) => Promise<boolean>;
}

/** A note goes to the position that was heard when its first letter was written. */
function NoteForm({ position, leave }: FormProps): React.JSX.Element {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<{ readonly at_ms: number; readonly text: string } | null>(null);
  const [isSending, setIsSending] = useState(false);
  const text = draft?.text.trim() ?? "";
  const send = (): void => {
    if (draft === null || text === "" || isSending) return;
    setIsSending(true);
    void leave(draft.at_ms, text).then((isLeft) => {
      setIsSending(false);
      if (isLeft) setDraft(null);
    });
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Input.TextArea
        autoSize={{ minRows: 1, maxRows: 4 }}
        maxLength={MAX_CHARS}
        value={draft?.text ?? ""}
        placeholder={t("call-page.note-here")}
        aria-label={t("call-page.note-here")}
        data-testid="note-text"
        onChange={({ target }) => {
          setDraft(target.value === "" ? null : { at_ms: draft?.at_ms ?? position(), text: target.value });
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send();
        }}
      />
      <Button type="primary" htmlType="submit" disabled={text === ""} loading={isSending} data-testid="leave-note">
        {draft === null ? t("call-page.leave-note") : t("call-page.leave-note-at", { time: clockTime(draft.at_ms) })}
      </Button>
    </form>
  );
}
