import styles from "./FeelingShape.module.css";

/** Outlines in a box of 12 by 12: emotions are told apart by shape, not by colour alone. */
const OUTLINES: Readonly<Record<string, string>> = {
  angry: "M6 .8 11.6 10.8H.4Z",
  anxious: "M6 .2 11.8 6 6 11.8.2 6Z",
  disappointed: "M6 11.2.4 1.2h11.2Z",
  confused: "M1.4 1.4h9.2v9.2H1.4Z",
  hesitant: "M3.3.9h5.4L11.6 6 8.7 11.1H3.3L.4 6Z",
  happy: "M6 .8a5.2 5.2 0 1 1 0 10.4A5.2 5.2 0 1 1 6 .8Z",
};
const RING = "M6 2a4 4 0 1 1 0 8A4 4 0 1 1 6 2Z";

/** The sign of an emotion; a ring for calm, and for labels of a foreign model. */
export function FeelingShape({ label, size_px }: { label: string; size_px: number }): React.JSX.Element {
  const outline = OUTLINES[label];
  return (
    <svg
      className={styles.shape}
      viewBox="0 0 12 12"
      width={size_px}
      height={size_px}
      data-emotion={outline === undefined ? "neutral" : label}
      aria-hidden="true"
    >
      <path d={outline ?? RING} />
    </svg>
  );
}
