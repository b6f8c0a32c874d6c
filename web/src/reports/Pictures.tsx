import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { askedOf } from "../archive/question";
import { goTo } from "../route";
import { themes, type ThemeName } from "../theme/tokens";
import { questionFor, type Field, type Report, type Row } from "./api";
import { ChartCard } from "./ChartCard";
import { FigureTable } from "./FigureTable";
import { drawnRows, heightOf, pilesOption, rowsOption, weeksOption } from "./options";
import styles from "./ReportsPage.module.css";
import { useRowName } from "./useRowName";

interface Props {
  report: Report;
  /** The same calls by week. */
  weeks: Report;
  /** The figure that is drawn. */
  field: Field;
  fields: Readonly<Record<string, Field>>;
  theme: ThemeName;
}

const FEELINGS = ["angry_share", "disappointed_share", "anxious_share"] as const;
const WEEKS_PX = 300;

function open(row: Row | undefined, field: Field): void {
  const question = row === undefined ? null : questionFor(row, field);
  if (question !== null) goTo({ page: "archive", asked: askedOf(question) });
}

/** One figure by row and by week, with its intervals; of the weak points also the feelings. */
export function Pictures({ report, weeks, field, fields, theme }: Props): React.JSX.Element {
  const { t, i18n } = useTranslation();
  const nameOf = useRowName(report.by);
  const tokens = themes[theme];
  const language = i18n.language === "en" ? "en" : "zh";
  const drawn = useMemo(() => drawnRows(report.rows, field), [report, field]);
  const rowsPicture = useMemo(
    () => rowsOption(drawn, field, report.total, nameOf, tokens),
    [drawn, field, report, nameOf, tokens],
  );
  const weeksPicture = useMemo(() => weeksOption(weeks.rows, field, tokens), [weeks, field, tokens]);
  const feelings = FEELINGS.flatMap((one) => fields[one] ?? []);
  const feelingsPicture = useMemo(() => {
    const colours = [tokens.breach, tokens.abstained, tokens.atRisk];
    const piles = FEELINGS.flatMap((one, place) => {
      const told = fields[one];
      return told === undefined ? [] : [{ field: one, name: told[language].name, colour: colours[place] ?? "" }];
    });
    return pilesOption(drawn, piles, nameOf, tokens);
  }, [drawn, fields, language, nameOf, tokens]);
  // Beside the rows it is as high as they are; over the whole width it need not be.
  const stands = report.by !== "week" && report.name !== "weakness";
  const { name } = field[language];
  const byTitle = t("reports.picture-by", { figure: name, by: t(`reports.by.${report.by}`) });
  const weekTitle = t("reports.picture-by", { figure: name, by: t("reports.by.week") });
  return (
    <div className={styles.pictures}>
      {report.by !== "week" && (
        <ChartCard
          name="rows"
          title={byTitle}
          option={rowsPicture}
          height_px={heightOf(drawn.length)}
          isEmpty={drawn.length === 0}
          table={<FigureTable rows={drawn} by={report.by} fields={[field]} label={byTitle} />}
          pick={(place) => {
            open(drawn[place], field);
          }}
        />
      )}
      {report.name === "weakness" && report.by !== "week" && (
        <ChartCard
          name="feelings"
          title={t("reports.feelings")}
          option={feelingsPicture}
          height_px={heightOf(drawn.length)}
          isEmpty={drawn.length === 0}
          table={<FigureTable rows={drawn} by={report.by} fields={feelings} label={t("reports.feelings")} />}
          pick={(place) => {
            const [first] = feelings;
            if (first !== undefined) open(drawn[place], first);
          }}
        />
      )}
      <ChartCard
        name="weeks"
        title={weekTitle}
        option={weeksPicture}
        height_px={stands ? heightOf(drawn.length) : WEEKS_PX}
        isEmpty={report.total.cells["calls"]?.value === 0}
        table={<FigureTable rows={weeks.rows} by="week" fields={[field]} label={weekTitle} />}
        pick={(place) => {
          open(weeks.rows[place], field);
        }}
      />
    </div>
  );
}
