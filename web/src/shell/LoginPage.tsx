import { LockOutlined, UserOutlined } from "@ant-design/icons";
import { Alert, Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import * as api from "../api";
import { chooseLanguage } from "../i18n";
import type { User } from "../protocol";
import { useErrorText } from "../useErrorText";
import { LoginHero } from "./LoginHero";
import styles from "./LoginPage.module.css";

interface Credentials {
  name: string;
  password: string;
}

export function LoginPage({ signedIn }: { signedIn: (user: User) => void }): React.JSX.Element {
  const { t, i18n } = useTranslation();
  const errorText = useErrorText();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<api.ApiError | null>(null);

  const submit = async ({ name, password }: Credentials): Promise<void> => {
    setBusy(true);
    setRefusal(null);
    try {
      signedIn(await api.logIn(name, password));
    } catch (error) {
      if (!(error instanceof api.ApiError)) throw error;
      setRefusal(error);
      setBusy(false);
    }
  };

  return (
    <main className={styles.page}>
      <LoginHero />
      <section className={styles.form}>
        <Button
          type="text"
          className={styles.language ?? ""}
          onClick={() => {
            chooseLanguage(i18n.language === "en" ? "zh-CN" : "en");
          }}
        >
          {t("menu.language")}
        </Button>
        <Form<Credentials>
          layout="vertical"
          requiredMark={false}
          size="large"
          onFinish={(values) => void submit(values)}
        >
          <h1>{t("login.title")}</h1>
          <p>{t("login.subtitle")}</p>
          {refusal && (
            <Alert
              type="error"
              showIcon
              data-testid="login-error"
              className={styles.refusal ?? ""}
              title={
                refusal.status === 401
                  ? t("error.with-code", { text: t("login.wrong"), code: refusal.code })
                  : errorText(refusal.code, refusal.message)
              }
            />
          )}
          <Form.Item name="name" label={t("login.name")} rules={[{ required: true, message: t("login.name-missing") }]}>
            <Input prefix={<UserOutlined />} autoComplete="username" autoFocus data-testid="login-name" />
          </Form.Item>
          <Form.Item
            name="password"
            label={t("login.password")}
            rules={[{ required: true, message: t("login.password-missing") }]}
          >
            <Input.Password prefix={<LockOutlined />} autoComplete="current-password" data-testid="login-password" />
          </Form.Item>
          <Button type="primary" htmlType="submit" block loading={busy} data-testid="login-submit">
            {t("login.submit")}
          </Button>
          <small>{t("login.first-run")}</small>
        </Form>
      </section>
    </main>
  );
}
