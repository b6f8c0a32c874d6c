import { HeartOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";

import styles from "./LoginHero.module.css";
import { Mark } from "./Mark";

/** What the desk is about, shown by one sentence of a customer and the cue that answers it. For the eye only. */
export function LoginHero(): React.JSX.Element {
  const { t } = useTranslation();
  return (
    <section className={styles.hero} aria-hidden="true">
      <div className={styles.brand}>
        <Mark size={34} onBrand />
        {t("app.name")}
      </div>
      <div className={styles.story}>
        <h2>{t("login.hero-title")}</h2>
        <div className={styles.said}>
          <small>{t("party.customer")} · 00:07</small>
          <p>{t("login.hero-customer")}</p>
        </div>
        <div className={styles.cue}>
          <header>
            <span>
              <HeartOutlined /> {t("prompt-kind.soothe")}
            </span>
            <small>{t("prompt.latency", { ms: 640 })}</small>
          </header>
          <strong>{t("login.hero-cue-title")}</strong>
          <blockquote>{t("login.hero-cue-body")}</blockquote>
          <small>
            {t("prompt.why")} · {t("login.hero-cue-why")}
          </small>
        </div>
      </div>
      <ul>
        <li>{t("login.hero-1")}</li>
        <li>{t("login.hero-2")}</li>
        <li>{t("login.hero-3")}</li>
      </ul>
    </section>
  );
}
