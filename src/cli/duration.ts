const units: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["s", 1],
  ["m", 60],
  ["h", 3600],
]);

/** Seconds of `30m`, `20s`, `1h` or `90`; undefined for anything else, and for nothing at all. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,6})(s|m|h|)$/.exec(text.trim());
  if (match === null) return undefined;
  const seconds = Number(match[1]) * (units.get(match[2] ?? "") ?? 1);
  return seconds > 0 ? seconds : undefined;
}

/** Whole seconds as people write them: `45s`, `13m`, `1m 5s`, `1h`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [
    [Math.floor(whole / 3600), "h"],
    [Math.floor((whole % 3600) / 60), "m"],
    [whole % 60, "s"],
  ] as const;
  const text = parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join(" ");
  return text === "" ? "0s" : text;
}
