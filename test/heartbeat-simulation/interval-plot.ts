import type { HeldInterval } from "./device-week.js";

/** One strategy's intervals. */
export interface PlottedRun {
  readonly name: string;
  readonly intervals: readonly HeldInterval[];
}

const left = 70;
const width = 800;
const panelHeight = 130;
const panelGap = 36;
const top = 78;
const mostMinutes = 24;
const ink = "#1a1a1a";
const line = "#0b5394";
const bad = "#c00000";

const text = (x: number, y: number, content: string, attributes = ""): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${content}</text>`;

/** A panel's axes, its grid and the limit. */
function frame(y0: number, name: string, hours: number, limitMinutes: number): readonly string[] {
  const y = (minutes: number) => y0 + panelHeight * (1 - minutes / mostMinutes);
  const rows = [0, 8, 16, 24].flatMap((minutes) => [
    `<path d="M${left} ${y(minutes).toFixed(1)}H${left + width}" stroke="#d9d9d9"/>`,
    text(left - 8, y(minutes) + 4, `${minutes} min`, 'text-anchor="end"'),
  ]);
  const columns = Array.from({ length: hours + 1 }, (_, hour) => {
    const x = left + (width * hour) / hours;
    return `<path d="M${x.toFixed(1)} ${y0}V${y0 + panelHeight}" stroke="#ececec"/>`;
  });
  return [
    ...columns,
    ...rows,
    `<path d="M${left} ${y(limitMinutes).toFixed(1)}H${left + width}" stroke="${bad}" stroke-dasharray="6 4"/>`,
    text(left, y0 - 9, name, 'font-weight="bold" font-size="14"'),
  ];
}

/** The intervals as steps, in red and with a cross where they died. */
function steps(y0: number, run: PlottedRun, hours: number): readonly string[] {
  const end = hours * 3600;
  const shown = run.intervals.filter(({ atSeconds }) => atSeconds < end);
  const x = (seconds: number) => (left + (width * Math.min(end, seconds)) / end).toFixed(1);
  const y = (seconds: number) =>
    (y0 + panelHeight * (1 - Math.min(mostMinutes, seconds / 60) / mostMinutes)).toFixed(1);
  const spans = shown.map((interval, index) => ({
    ...interval,
    until: shown[index + 1]?.atSeconds ?? end,
  }));
  const path = spans
    .map(
      ({ atSeconds, until, askedSeconds }, index) =>
        `${index === 0 ? "M" : "L"}${x(atSeconds)} ${y(askedSeconds)}H${x(until)}`,
    )
    .join("");
  const failures = spans
    .filter(({ outcome }) => outcome === "failed")
    .map(({ atSeconds, until, askedSeconds }) => {
      const cross = `M${x(until)} ${y(askedSeconds)}m-4 -4l8 8m-8 0l8 -8`;
      return `<path d="M${x(atSeconds)} ${y(askedSeconds)}H${x(until)}${cross}" fill="none" stroke="${bad}" stroke-width="2"/>`;
    });
  return [`<path d="${path}" fill="none" stroke="${line}" stroke-width="1.6"/>`, ...failures];
}

/** The interval over time of several strategies on one network with a fixed limit, one panel each, as an SVG document. */
export function intervalPlot(
  runs: readonly PlottedRun[],
  { title, hours, limitMinutes }: { title: string; hours: number; limitMinutes: number },
): string {
  const panels = runs.flatMap((run, index) => {
    const y0 = top + index * (panelHeight + panelGap);
    return [...frame(y0, run.name, hours, limitMinutes), ...steps(y0, run, hours)];
  });
  const bottom = top + runs.length * (panelHeight + panelGap) - panelGap;
  const ticks = Array.from({ length: hours + 1 }, (_, hour) =>
    text(left + (width * hour) / hours, bottom + 18, `${hour} h`, 'text-anchor="middle"'),
  );
  const height = bottom + 34;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left + width + 20} ${height}" width="${left + width + 20}" height="${height}" font-family="sans-serif" font-size="12" fill="${ink}">`,
    `<title>${title}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    text(left, 20, title, 'font-size="15"'),
    text(
      left,
      38,
      `Interval asked for, over time. Dashed: the limit, ${limitMinutes} min. Red: died, seen at the cross.`,
    ),
    ...panels,
    ...ticks,
    "</svg>",
    "",
  ].join("\n");
}
