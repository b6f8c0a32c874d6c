import { DownloadOutlined, FilterOutlined } from "@ant-design/icons";
import { Badge, Button, Drawer, Dropdown, Empty, Select, Spin } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import type { User } from "../protocol";
import { goTo, type Route } from "../route";
import { HeaderBar } from "../shell/HeaderBar";
import type { ThemeChoice } from "../theme/useTheme";
import { useRead } from "../useRead";
import { useReport } from "../useReport";
import { useWidth } from "../useWidth";
import { exportUrl, listChoices } from "./api";
import styles from "./ArchivePage.module.css";
import { Filters } from "./Filters";
import { askedOf, filterCount, foundBy, isNearest, ORDERS, questionOf, type Question } from "./question";
import { ResultCard } from "./ResultCard";
import { SavedSearches } from "./SavedSearches";
import { SearchBox } from "./SearchBox";
import { useFound } from "./useFound";
import { Ways } from "./Ways";

interface Props {
  user: User;
  route: Route & { page: "archive" };
  themeChoice: ThemeChoice;
  chooseTheme: (choice: ThemeChoice) => void;
  signOut: () => void;
  /** The server no longer knows this session. */
  sessionEnded: () => void;
}

const FORMATS = ["csv", "json"] as const;

function ask(question: Question): void {
  goTo({ page: "archive", asked: askedOf(question) });
}

/** Closed calls, found by what was said, felt, flagged and offered in them; the address holds the question. */
export default function ArchivePage(props: Props): React.JSX.Element {
  const { user, route, sessionEnded } = props;
  const { t } = useTranslation();
  const width = useWidth();
  const [showsFilters, setShowsFilters] = useState(false);
  const report = useReport(sessionEnded);
  const question = useMemo(() => questionOf(route.asked), [route.asked]);
  const { value: choices } = useRead(listChoices, report);
  const { calls, count, refusal, more, isBusy } = useFound(route.asked, report);
  const filters = <Filters question={question} choices={choices} change={ask} />;
  const order = question.order ?? "newest";
  return (
    <div className={styles.page}>
      <HeaderBar {...props} />
      <div className={styles.columns}>
        {width === "wide" && <aside>{filters}</aside>}
        <main>
          <h1>{t("archive.title")}</h1>
          <SearchBox
            key={question.q}
            words={question.q ?? ""}
            refusal={refusal}
            isBusy={isBusy}
            ask={(q) => {
              const words = q.trim();
              const { order: was } = question;
              ask({ ...question, q: words, order: was ?? (words === "" ? "newest" : "relevance") });
            }}
          />
          <Ways
            by={question.by ?? "words"}
            choose={(by) => {
              ask(foundBy(question, by));
            }}
          />
          <div className={styles.tools}>
            <span role="status" data-testid="archive-count">
              {count !== null &&
                refusal === null &&
                t(isNearest(question) ? "archive.nearest" : count.is_more ? "archive.many" : "archive.found", {
                  count: count.calls,
                })}
            </span>
            {width !== "wide" && (
              <Badge count={filterCount(question)}>
                <Button
                  icon={<FilterOutlined />}
                  data-testid="show-filters"
                  onClick={() => {
                    setShowsFilters(true);
                  }}
                >
                  {t("archive.filters")}
                </Button>
              </Badge>
            )}
            <Select
              value={order}
              aria-label={t("archive.order")}
              data-testid="archive-order"
              options={ORDERS.map((value) => ({ value, label: t(`archive.orders.${value}`) }))}
              onChange={(value) => {
                ask({ ...question, order: value });
              }}
            />
            <SavedSearches
              question={question}
              report={report}
              ask={(kept) => {
                ask(foundBy(kept, kept.by ?? "words"));
              }}
            />
            {user.permissions?.includes("calls.export") && (
              <Dropdown
                menu={{
                  items: FORMATS.map((format) => ({
                    key: format,
                    label: (
                      <a href={exportUrl(question, format)} download>
                        {format.toUpperCase()}
                      </a>
                    ),
                  })),
                }}
              >
                <Button icon={<DownloadOutlined />} data-testid="archive-export">
                  {t("archive.export")}
                </Button>
              </Dropdown>
            )}
          </div>
          {calls === null && <Spin />}
          {calls?.length === 0 && refusal === null && <Empty description={t("archive.none")} />}
          {calls?.map((call) => (
            <ResultCard key={call.document.call_id} call={call} />
          ))}
          {more && (
            <Button block data-testid="archive-more" onClick={more}>
              {t("archive.more")}
            </Button>
          )}
        </main>
      </div>
      {width !== "wide" && (
        <Drawer
          open={showsFilters}
          title={t("archive.filters")}
          placement="left"
          onClose={() => {
            setShowsFilters(false);
          }}
        >
          {filters}
        </Drawer>
      )}
    </div>
  );
}
