import { App as AntApp } from "antd";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";

import { copyText } from "../shared/copyText";
import { PromptHistory } from "../shared/PromptHistory";
import type { Shine } from "../shared/spotlight";
import { useShortcuts } from "../shared/useShortcuts";
import { arrange, expiresAt_ms, isOpen, settled } from "../state/cards";
import { mayAct, type DeskSession } from "../state/deskSession";
import type { DeskState, WatchedCall } from "../state/deskState";
import { useNow } from "../useNow";
import { useWidth } from "../useWidth";
import { LimitNote } from "./LimitNote";
import { NeedList } from "./NeedList";
import { PromptCardView, type CardAction } from "./PromptCardView";
import styles from "./PromptColumn.module.css";

interface Props {
  session: DeskSession;
  state: DeskState;
  call: WatchedCall;
  shine: Shine;
}

/** The cues: open cards on top, what became of the others below. */
export function PromptColumn({ session, state, call, shine }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const { message } = AntApp.useApp();
  // Renders every second, so that cards past their moment leave.
  useNow(1000);
  const [order, setOrder] = useState<readonly string[]>([]);
  const [held, setHeld] = useState(false);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [explained, setExplained] = useState<string | null>(null);

  const { prompts } = call.view;
  const painted = state.painted[call.callId] ?? {};
  const serverNow_ms = session.serverNow();
  const openIds = prompts.filter((card) => isOpen(call, card, serverNow_ms)).map(({ prompt }) => prompt.prompt_id);
  const arranged = arrange(order, openIds, held);
  if (arranged !== order) setOrder(arranged);
  const cards = arranged.flatMap((id) => prompts.find(({ prompt }) => prompt.prompt_id === id) ?? []);
  const current = cards.find(({ prompt }) => prompt.prompt_id === chosenId) ?? cards[0];
  const currentId = current?.prompt.prompt_id;
  const mayReport = mayAct(state.user);
  const may = mayReport && call.origin === "live";

  const act = useCallback(
    (promptId: string, action: CardAction) => {
      const body = call.view.prompts.find(({ prompt }) => prompt.prompt_id === promptId)?.prompt.body ?? "";
      switch (action) {
        case "why":
          setExplained((last) => (last === promptId ? null : promptId));
          break;
        case "copy":
          void copyText(body).then((done) =>
            done ? message.success(t("prompt.copied")) : message.error(t("prompt.copy-failed")),
          );
          if (may) session.act(promptId, "copied");
          break;
        case "accept":
          if (may) session.act(promptId, "accepted");
          break;
        case "dismiss":
          if (may) session.act(promptId, "dismissed");
          break;
      }
    },
    [call.view.prompts, may, message, session, t],
  );
  const report = mayReport ? session.reportResult : null;
  const step = (by: number) => (): void => {
    const index = currentId === undefined ? 0 : arranged.indexOf(currentId) + by;
    setChosenId(arranged[Math.min(arranged.length - 1, Math.max(0, index))] ?? null);
  };
  const press = (action: CardAction) => (): void => {
    if (currentId !== undefined) act(currentId, action);
  };
  useShortcuts({
    a: press("accept"),
    d: press("dismiss"),
    c: press("copy"),
    w: press("why"),
    j: step(1),
    k: step(-1),
  });

  // Only a cue that has just come is read out, not an older one that is left when it goes.
  const last = prompts.at(-1)?.prompt;
  const announced = last !== undefined && openIds.includes(last.prompt_id) ? last : null;
  const isClosed = call.view.status === "closed";
  const past = prompts.filter(({ prompt }) => !openIds.includes(prompt.prompt_id)).map((card) => settled(call, card));
  // On a phone there is no room above the cards for anything that is not one.
  const isNarrow = useWidth() === "narrow";
  const notes = (
    <>
      <LimitNote limits={call.view.limits} />
      <NeedList view={call.view} shine={shine} />
    </>
  );
  return (
    <section className={styles.column} aria-label={t("prompt.title")} data-testid="prompts">
      <header className={styles.head}>
        <h2>{t("prompt.title")}</h2>
        {cards.length > 0 && <em>{cards.length}</em>}
      </header>
      <div className="visually-hidden" aria-live="polite">
        {announced &&
          t("prompt.arrived", {
            kind: t(`prompt-kind.${announced.kind}`),
            title: announced.title,
            body: announced.body,
          })}
      </div>
      {!isNarrow && notes}
      <div className={styles.scroller}>
        <ul
          className={styles.deck}
          onPointerEnter={() => {
            setHeld(true);
          }}
          onPointerLeave={() => {
            setHeld(false);
          }}
        >
          {cards.map((card) => (
            <PromptCardView
              key={card.prompt.prompt_id}
              card={card}
              after_ms={card.shown_after_ms ?? painted[card.prompt.prompt_id] ?? null}
              left_ms={(expiresAt_ms(call, card) ?? Infinity) - serverNow_ms}
              isCurrent={card === current}
              isExplained={explained === card.prompt.prompt_id}
              mayAct={may}
              act={act}
              report={report}
              painted={session.cardPainted}
              shine={shine}
            />
          ))}
        </ul>
        {cards.length === 0 && !isClosed && (
          <div className={styles.rest} data-testid="no-cue">
            <i aria-hidden="true" />
            <div>
              <p>{t("prompt.empty")}</p>
              <small>{t("prompt.empty-hint")}</small>
            </div>
          </div>
        )}
        {isNarrow && notes}
        {prompts.length === 0 && isClosed && <p className={styles.none}>{t("prompt.none-in-call")}</p>}
        <PromptHistory
          cards={past}
          startsOpen={cards.length === 0}
          paintedAfter_ms={painted}
          report={report}
          shine={shine}
        />
      </div>
    </section>
  );
}
