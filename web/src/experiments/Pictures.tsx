import { Spin } from "antd";
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { themes, type ThemeName } from "../theme/tokens";
import type { ExperimentReport } from "./api";
import styles from "./ExperimentsPage.module.css";
import { liftOption, weeksOption } from "./liftOption";
import { useGroupName } from "./useGroupName";

const Chart = lazy(() => import("../shared/Chart"));

interface Props {
  report: ExperimentReport;
  theme: ThemeName;
}

/** Lift with both intervals, and the goal week by week. */
export function Pictures({ report, theme }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const nameOf = useGroupName();
  const options = useMemo(() => {
    const texts = {
      lasting: t("experiments.lasting"),
      fixed: t("experiments.fixed"),
      shown: t("experiments.shown"),
      heldOut: t("experiments.held-out"),
      points: t("experiments.points"),
      percent: t("experiments.percent"),
      against: (group: string, other: string) =>
        t("experiments.against", { group: nameOf(group), other: nameOf(other) }),
    };
    return {
      lift: liftOption(report, texts, themes[theme]),
      weeks: weeksOption(report, texts, themes[theme]),
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `nameOf` changes with `t` only
  }, [report, theme, t]);
  return (
    <Suspense fallback={<Spin />}>
      <div className={styles.pictures}>
        <Chart option={options.lift} label={t("experiments.lift-picture")} />
        <Chart option={options.weeks} label={t("experiments.weeks-picture")} />
      </div>
    </Suspense>
  );
}
