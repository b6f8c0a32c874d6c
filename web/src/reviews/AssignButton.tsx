import { UserAddOutlined } from "@ant-design/icons";
import { Button, Dropdown } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Report } from "../useReport";
import { listPeople, type Person } from "./api";

interface Props {
  assign: (userId: string) => void;
  report: Report;
}

/** Gives a review to somebody; people are asked for when it is opened. */
export function AssignButton({ assign, report }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const [people, setPeople] = useState<readonly Person[]>([]);
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        items: people.map(({ user_id, name }) => ({ key: user_id, label: name || user_id })),
        onClick: ({ key }) => {
          assign(key);
        },
      }}
      onOpenChange={(isOpen) => {
        if (isOpen)
          listPeople().then(({ people: known }) => {
            setPeople(known);
          }, report);
      }}
    >
      <Button size="small" icon={<UserAddOutlined />} data-testid="assign">
        {t("reviews.assign")}
      </Button>
    </Dropdown>
  );
}
