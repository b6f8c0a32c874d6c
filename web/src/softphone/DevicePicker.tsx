import { Select } from "antd";
import { useTranslation } from "react-i18next";

import type { Device } from "./sound";

const USUAL = "";

interface Props {
  devices: readonly Device[];
  /** null: the usual one. */
  chosen: string | null;
  label: string;
  choose: (id: string | null) => void;
}

/** Picks one of the microphones. */
export function DevicePicker({ devices, chosen, label, choose }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const named = devices.map(({ id, label: name }, index) => ({
    value: id,
    label: name || t("softphone.unnamed-device", { number: index + 1 }),
  }));
  return (
    <Select<string>
      value={chosen ?? USUAL}
      options={[{ value: USUAL, label: t("softphone.usual-device") }, ...named]}
      aria-label={label}
      onChange={(id) => {
        choose(id === USUAL ? null : id);
      }}
    />
  );
}
