import type { ReactNode } from "react";

import type { ReviewDetail, ReviewItem } from "../api";
import styles from "./Panel.module.css";

interface Props {
  detail: ReviewDetail;
  children: (item: ReviewItem) => ReactNode;
}

/** The items of a scorecard under the titles of their sections. */
export function ItemList({ detail, children }: Props): React.JSX.Element {
  const sections = detail.card.sections.map((section) => ({
    ...section,
    items: detail.items.filter(({ section_id }) => section_id === section.section_id),
  }));
  return (
    <>
      {sections.map(
        ({ section_id, title, items }) =>
          items.length > 0 && (
            <section key={section_id} className={styles.section} aria-label={title}>
              <h3>{title}</h3>
              <ul>{items.map(children)}</ul>
            </section>
          ),
      )}
    </>
  );
}
