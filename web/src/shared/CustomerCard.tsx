import { DownOutlined, UserOutlined } from "@ant-design/icons";
import { Button, Popover } from "antd";
import { useTranslation } from "react-i18next";

import type { CallView } from "../protocol.gen";
import styles from "./CustomerCard.module.css";
import { CustomerTags } from "./CustomerTags";
import { initialOf } from "./format";
import { PastCalls } from "./PastCalls";
import { firstFields, groupsOf, type ShownField } from "./profile";
import { useFieldText } from "./useFieldText";

/** Who is calling: what the call brought with it, what the directory told, and the tags that follow. */
export function CustomerCard({ view }: { view: CallView }): React.JSX.Element {
  const { t } = useTranslation();
  const { customer, profile } = view;
  const name = customer?.name || profile?.name || customer?.customer_id || t("calls.unknown-customer");
  return (
    <>
      <div className={styles.who}>
        <i aria-hidden="true">{customer ? initialOf(name) : <UserOutlined />}</i>
        <div>
          <h1>{name}</h1>
          <p>{customer ? t("call.customer-id", { id: customer.customer_id }) : t("call.customer-unknown")}</p>
          <LookUp view={view} />
        </div>
      </div>
      <div className={styles.known}>
        <CustomerTags tags={view.tags} />
        <div className={styles.glance}>
          <Fields fields={firstFields(view)} testId="customer-card" />
          <More view={view} />
        </div>
        <PastCalls view={view} />
      </div>
    </>
  );
}

/** Whether the directory told who is calling, and how fast, or why not. */
function LookUp({ view }: { view: CallView }): React.JSX.Element | null {
  const { t } = useTranslation();
  const { profile } = view;
  const failure = view.degraded.find(({ part }) => part === "customers");
  if (profile === null && failure === undefined) return null;
  const text =
    profile === null
      ? t("customer.unavailable", { code: failure?.code })
      : t(profile.is_known ? "customer.looked-up" : "customer.not-there", { ms: profile.took_ms });
  return (
    <p className={styles.lookUp} title={profile?.source ?? failure?.reason} data-testid="customer-look-up">
      {text}
    </p>
  );
}

function More({ view }: { view: CallView }): React.JSX.Element | null {
  const { t } = useTranslation();
  const groups = groupsOf(view);
  if (groups.length === 0) return null;
  const all = (
    <div className={styles.all} data-testid="customer-profile">
      {groups.map(({ group, fields }) => (
        <section key={group}>
          <h2>{t(`customer.group.${group}`)}</h2>
          <Fields fields={fields} />
        </section>
      ))}
    </div>
  );
  return (
    <Popover content={all} trigger="click" placement="bottomLeft">
      <Button size="small" type="text" icon={<DownOutlined />} data-testid="customer-more">
        {t("customer.more")}
      </Button>
    </Popover>
  );
}

function Fields({ fields, testId }: { fields: readonly ShownField[]; testId?: string }): React.JSX.Element {
  const { nameOf, valueOf } = useFieldText();
  return (
    <dl className={styles.fields} data-testid={testId}>
      {fields.map(({ name, value }) => (
        <div key={name} title={value}>
          <dt>{nameOf(name)}</dt>
          <dd>{valueOf(name, value)}</dd>
        </div>
      ))}
    </dl>
  );
}
