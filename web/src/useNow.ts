import { useEffect, useState } from "react";

/** Browser time in epoch milliseconds, renewed every `every_ms`. */
export function useNow(every_ms: number): number {
  const [now_ms, setNow_ms] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      setNow_ms(Date.now());
    }, every_ms);
    return () => {
      clearInterval(timer);
    };
  }, [every_ms]);
  return now_ms;
}
