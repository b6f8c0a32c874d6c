import { useTranslation } from "react-i18next";

import { clockTime } from "../shared/format";
import { Link } from "../shell/Link";
import type { Snippet } from "./api";
import styles from "./ArchivePage.module.css";

interface Piece {
  readonly text: string;
  readonly isMarked: boolean;
}

/** Words of a call with what was looked for marked; they open the call where they are said. */
export function SnippetLine({ callId, snippet }: { callId: string; snippet: Snippet }): React.JSX.Element {
  const { t } = useTranslation();
  const { party, start_ms, is_cut, score } = snippet;
  return (
    <li data-party={party} className={styles.snippet}>
      <Link to={{ page: "call", callId, at_ms: start_ms }}>
        <time>{clockTime(start_ms)}</time>
        <em>{t(`archive.parties.${party}`)}</em>
        <span>
          {piecesOf(snippet).map(({ text, isMarked }, index) =>
            isMarked ? <mark key={index}>{text}</mark> : <span key={index}>{text}</span>,
          )}
          {is_cut && "…"}
        </span>
        {score !== null && (
          <small title={t("archive.likeness")}>{t("archive.alike", { share: Math.round(score * 100) })}</small>
        )}
      </Link>
    </li>
  );
}

/** The text in pieces, marked and not, in its order. Positions count characters as the server does: code points. */
export function piecesOf({ text, marks }: Pick<Snippet, "text" | "marks">): readonly Piece[] {
  const chars = Array.from(text);
  const pieces: Piece[] = [];
  let at = 0;
  const add = (end: number, isMarked: boolean): void => {
    if (end > at) pieces.push({ text: chars.slice(at, end).join(""), isMarked });
    at = Math.max(at, end);
  };
  for (const [from, to] of marks) {
    add(from, false);
    add(to, true);
  }
  add(chars.length, false);
  return pieces;
}
