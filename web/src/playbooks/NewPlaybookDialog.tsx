import { Form, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { goTo } from "../route";
import type { Report } from "../useReport";
import { saveDraft } from "./api";
import { newPlaybook } from "./editing";

interface Names {
  name: string;
  title: string;
}

/** Begins a playbook as a draft. */
export function NewPlaybookDialog(props: {
  taken: readonly string[];
  report: Report;
  close: () => void;
}): React.JSX.Element {
  const { taken, report, close } = props;
  const { t } = useTranslation();
  const [form] = Form.useForm<Names>();
  const [isBusy, setIsBusy] = useState(false);
  const create = async ({ name, title }: Names): Promise<void> => {
    setIsBusy(true);
    const first = { phrase: t("playbooks.first.phrase"), said: t("playbooks.first.said") };
    const text = newPlaybook({
      name,
      title,
      ...first,
      because: t("playbooks.first.because"),
      body: t("playbooks.first.body"),
    });
    try {
      await saveDraft(name, text, 0, 0);
      goTo({ page: "playbook", name });
    } catch (error) {
      report(error);
      setIsBusy(false);
    }
  };
  return (
    <Modal
      open
      title={t("playbooks.new")}
      confirmLoading={isBusy}
      onCancel={close}
      onOk={form.submit}
      okText={t("playbooks.create")}
    >
      <Form<Names> form={form} layout="vertical" requiredMark={false} onFinish={(names) => void create(names)}>
        <Form.Item
          name="name"
          label={t("playbooks.name")}
          extra={t("playbooks.name-form")}
          rules={[
            { required: true, pattern: /^[a-z][a-z0-9_-]{0,63}$/, message: t("playbooks.name-form") },
            {
              validator: (_, name: string) =>
                taken.includes(name) ? Promise.reject(new Error(t("playbooks.name-taken"))) : Promise.resolve(),
            },
          ]}
        >
          <Input autoFocus data-testid="new-name" />
        </Form.Item>
        <Form.Item name="title" label={t("playbooks.title-label")} rules={[{ required: true, max: 40 }]}>
          <Input data-testid="new-title" />
        </Form.Item>
      </Form>
    </Modal>
  );
}
