import { Button, Input, Select } from "antd";
import { useTranslation } from "react-i18next";

import { usePastText } from "../../shared/usePastText";
import { acknowledge, coach, type ReviewDetail } from "../api";
import styles from "./Panel.module.css";
import type { Reviewing } from "./useReview";

const MAX_CHARS = 2000;

/** What the agent is to do better, or did well; its agent says that it was read. */
export function CoachingNotes({
  reviewing,
  detail,
}: {
  reviewing: Reviewing;
  detail: ReviewDetail;
}): React.JSX.Element | null {
  const { t } = useTranslation();
  const { when } = usePastText();
  const { send, isSending } = reviewing;
  const { coaching, items, may } = detail;
  if (coaching.length === 0 && !may.includes("coach")) return null;
  const titleOf = (itemId: string): string => items.find(({ item_id }) => item_id === itemId)?.title ?? itemId;
  return (
    <section className={styles.story} aria-label={t("reviews.coaching")} data-testid="coaching">
      <h3>{t("reviews.coaching")}</h3>
      {coaching.map(({ note_id, text, item_ids, by_name, at, acknowledged_at }) => (
        <div key={note_id} className={styles.coaching} data-testid={`coaching-${note_id}`}>
          {item_ids.length > 0 && <small>{item_ids.map(titleOf).join(t("meaning.separator"))}</small>}
          <p>{text}</p>
          <small>
            {by_name} · {when(at)} ·{" "}
            {acknowledged_at === null
              ? t("reviews.not-acknowledged")
              : t("reviews.acknowledged", { when: when(acknowledged_at) })}
          </small>
          {acknowledged_at === null && may.includes("acknowledge") && (
            <Button
              size="small"
              type="primary"
              loading={isSending}
              data-testid="acknowledge"
              onClick={() => {
                void send((review) => acknowledge(review, note_id), []);
              }}
            >
              {t("reviews.acknowledge")}
            </Button>
          )}
        </div>
      ))}
      {may.includes("coach") && <NoteForm reviewing={reviewing} detail={detail} />}
    </section>
  );
}

function NoteForm({ reviewing, detail }: { reviewing: Reviewing; detail: ReviewDetail }): React.JSX.Element {
  const { t } = useTranslation();
  const { draft, edit, send, isSending } = reviewing;
  const text = draft.note.trim();
  return (
    <form
      className={styles.noteForm}
      onSubmit={(event) => {
        event.preventDefault();
        if (text !== "") void send((review) => coach(review, text, draft.noteItems), ["note", "noteItems"]);
      }}
    >
      <Input.TextArea
        autoSize={{ minRows: 2 }}
        maxLength={MAX_CHARS}
        value={draft.note}
        placeholder={t("reviews.coaching-hint")}
        aria-label={t("reviews.coaching-hint")}
        data-testid="coaching-text"
        onChange={({ target }) => {
          edit({ note: target.value });
        }}
      />
      <Select<string[]>
        mode="multiple"
        size="small"
        maxTagCount="responsive"
        value={[...draft.noteItems]}
        placeholder={t("reviews.coaching-items")}
        aria-label={t("reviews.coaching-items")}
        options={detail.items.map(({ item_id, title }) => ({ value: item_id, label: title }))}
        onChange={(noteItems) => {
          edit({ noteItems });
        }}
      />
      <Button htmlType="submit" disabled={text === ""} loading={isSending} data-testid="coach">
        {t("reviews.coach")}
      </Button>
    </form>
  );
}
