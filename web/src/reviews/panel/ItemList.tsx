import type { ReactNode } from "react";

import type { ReviewDetail, ReviewItem } from "../api";
import styles from "./Panel.module.css";

interface Props {
  detail: ReviewDetail;
  children: (item: ReviewItem) => ReactNode;
}

/** The items of a scorecard under the titles of their sections. */
export function ItemList({ detail, children }: Props): React.JSX.Element {
  return (
    <>
      {detail.card.sections.map(({ section_id, title }) => (
        <section key={section_id} className={styles.section} aria-label={title}>
          <h3>{title}</h3>
          <ul>{detail.items.filter((item) => item.section_id === section_id).map(children)}</ul>
        </section>
      ))}
    </>
  );
}
