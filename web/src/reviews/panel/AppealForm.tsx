import { CloseOutlined, DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useTranslation } from "react-i18next";

import type { Line } from "../../protocol.gen";
import { clockTime } from "../../shared/format";
import type { Shine } from "../../shared/spotlight";
import { appeal, type ReviewDetail } from "../api";
import { givenPoints, withQuote, type DraftPoint } from "../drafts";
import styles from "./Panel.module.css";
import type { Reviewing } from "./useReview";

interface Props {
  reviewing: Reviewing;
  detail: ReviewDetail;
  lines: readonly Line[];
  shine: Shine;
  /** The point whose quotes are picked in the transcript. */
  picking: number | null;
  pick: (point: number | null) => void;
}

const MAX_CHARS = 2000;

/** An appeal while it is written: what is wrong as a whole, and points with what was really said. */
export function AppealForm(props: Props): React.JSX.Element | null {
  const { reviewing, detail, lines, pick } = props;
  const { t } = useTranslation();
  const { draft, edit, send, isSending } = reviewing;
  const { appeal: written } = draft;
  if (written === null) return null;
  const change = (points: readonly DraftPoint[]): void => {
    edit({ appeal: { ...written, points } });
  };
  const close = (): void => {
    pick(null);
    edit({ appeal: null });
  };
  return (
    <section className={styles.appeal} aria-label={t("reviews.appeal")} data-testid="appeal-form">
      <h3>{t("reviews.appeal")}</h3>
      <Input.TextArea
        autoFocus
        autoSize={{ minRows: 2 }}
        maxLength={MAX_CHARS}
        value={written.text}
        placeholder={t("reviews.appeal-hint")}
        aria-label={t("reviews.appeal-hint")}
        data-testid="appeal-text"
        onChange={({ target }) => {
          edit({ appeal: { ...written, text: target.value } });
        }}
      />
      {written.points.map((point, index) => (
        <PointForm
          key={index}
          {...props}
          point={point}
          index={index}
          change={(next) => {
            change(written.points.map((one, at) => (at === index ? next : one)));
          }}
          remove={() => {
            pick(null);
            change(written.points.filter((_, at) => at !== index));
          }}
        />
      ))}
      <p className={styles.actions}>
        <Button
          size="small"
          icon={<PlusOutlined />}
          data-testid="add-point"
          onClick={() => {
            change([...written.points, { itemId: null, flagId: null, utteranceIds: [], text: "" }]);
          }}
        >
          {t("reviews.add-point")}
        </Button>
        <Button size="small" type="text" onClick={close}>
          {t("reviews.cancel")}
        </Button>
        <Button
          type="primary"
          disabled={written.text.trim() === ""}
          loading={isSending}
          data-testid="send-appeal"
          onClick={() => {
            pick(null);
            void send((review) => appeal(review, written.text.trim(), givenPoints(written.points, lines)), ["appeal"]);
          }}
        >
          {t("reviews.send-appeal")}
        </Button>
      </p>
      <small>{t(detail.review.state === "answered" ? "reviews.to-quality" : "reviews.to-lead")}</small>
    </section>
  );
}

interface PointProps extends Props {
  point: DraftPoint;
  index: number;
  change: (point: DraftPoint) => void;
  remove: () => void;
}

function PointForm({
  detail,
  lines,
  shine,
  picking,
  pick,
  point,
  index,
  change,
  remove,
}: PointProps): React.JSX.Element {
  const { t } = useTranslation();
  const item = detail.items.find(({ item_id }) => item_id === point.itemId);
  const isPicking = picking === index;
  return (
    <div className={styles.point} data-testid={`point-${index}`}>
      <header>
        <strong>{item?.title ?? t("reviews.point", { number: index + 1 })}</strong>
        <Button
          size="small"
          type="text"
          icon={<DeleteOutlined />}
          aria-label={t("reviews.remove-point")}
          onClick={remove}
        />
      </header>
      <ul>
        {lines
          .filter(({ utterance_id }) => point.utteranceIds.includes(utterance_id))
          .map(({ utterance_id, start_ms, text }) => (
            <li key={utterance_id} className={styles.quote}>
              <button
                type="button"
                onClick={() => {
                  shine({ utteranceId: utterance_id, start_ms });
                }}
              >
                <time>{clockTime(start_ms)}</time> “{text}”
              </button>
              <button
                type="button"
                aria-label={t("reviews.unquote")}
                onClick={() => {
                  change(withQuote(point, utterance_id, lines));
                }}
              >
                <CloseOutlined />
              </button>
            </li>
          ))}
      </ul>
      <Button
        size="small"
        type={isPicking ? "primary" : "default"}
        aria-pressed={isPicking}
        data-testid={`pick-${index}`}
        onClick={() => {
          pick(isPicking ? null : index);
        }}
      >
        {t(isPicking ? "reviews.picking" : "reviews.pick")}
      </Button>
      <Input.TextArea
        autoSize
        maxLength={MAX_CHARS}
        value={point.text}
        placeholder={t("reviews.point-hint")}
        aria-label={t("reviews.point-hint")}
        onChange={({ target }) => {
          change({ ...point, text: target.value });
        }}
      />
    </div>
  );
}
