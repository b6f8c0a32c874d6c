import { memo, useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { Feeling } from "../protocol.gen";
import { useWidth } from "../useWidth";
import styles from "./FeelingsBand.module.css";
import { coursesOf } from "./feelingsCourse";
import { FeelingsLane } from "./FeelingsLane";
import type { Shine } from "./spotlight";

interface Props {
  feelings: readonly Feeling[];
  /** How much of the call the lanes show, in milliseconds. */
  time_ms: number;
  shine: Shine;
}

/** Marks that fit side by side. */
const SLOTS = { narrow: 12, medium: 24, wide: 36 } as const;

/** How each party felt over the call: pleasant above the middle of its lane, unpleasant below. */
export const FeelingsBand = memo(function FeelingsBand(props: Props): React.JSX.Element | null {
  const { feelings, time_ms, shine } = props;
  const { t } = useTranslation();
  const slots = SLOTS[useWidth()];
  const courses = useMemo(() => coursesOf(feelings, time_ms, slots), [feelings, time_ms, slots]);
  if (courses.length === 0) return null;
  return (
    <section className={styles.band} aria-label={t("feeling.title")} data-testid="feelings">
      {courses.map((course) => (
        <FeelingsLane key={course.party} course={course} shine={shine} />
      ))}
    </section>
  );
});
