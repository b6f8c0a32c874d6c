import { Tooltip } from "antd";
import { useTranslation } from "react-i18next";

import type { CustomerTag } from "../protocol.gen";
import styles from "./CustomerTags.module.css";
import { useFieldText } from "./useFieldText";

/** The playbook's tags of the customer; each says on which facts it rests. */
export function CustomerTags({ tags }: { tags: readonly CustomerTag[] }): React.JSX.Element | null {
  const { t } = useTranslation();
  const reasonOf = useReason();
  if (tags.length === 0) return null;
  return (
    <ul className={styles.tags} aria-label={t("customer.tags")} data-testid="customer-tags">
      {tags.map((tag) => (
        <li key={tag.tag_id}>
          <Tooltip title={reasonOf(tag)}>
            <span tabIndex={0} data-tone={tag.tone} data-testid={`tag-${tag.tag_id}`}>
              {tag.title}
            </span>
          </Tooltip>
        </li>
      ))}
    </ul>
  );
}

/** The facts as people call them. */
function useReason(): (tag: CustomerTag) => string {
  const { t } = useTranslation();
  const { nameOf, valueOf } = useFieldText();
  return ({ because }) =>
    Object.entries(because)
      .map(([path, value]) => {
        const name = path.replace(/^customer\./, "");
        return t("customer.fact", { name: nameOf(name), value: valueOf(name, value) });
      })
      .join(t("meaning.separator"));
}
