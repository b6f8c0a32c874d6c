/** Livecue's mark, drawn in place so that it is there in the first frame. `onBrand`: for a ground in the brand's colour. */
export function Mark({ size, onBrand = false }: { size: number; onBrand?: boolean }): React.JSX.Element {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
      <rect width="32" height="32" rx="9" fill={onBrand ? "#fff" : "#3b5bfd"} />
      <path
        d="M8.5 13v6M13.5 9v14M18.5 12v8"
        stroke={onBrand ? "#3b5bfd" : "#fff"}
        strokeWidth="2.6"
        strokeLinecap="round"
      />
      <circle cx="24" cy="16" r="2.6" fill={onBrand ? "#1fc98f" : "#7df0c4"} />
    </svg>
  );
}
