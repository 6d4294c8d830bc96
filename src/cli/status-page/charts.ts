import { formatDuration } from "../duration.js";
import { type HistogramCounts, quantile, totalOf } from "../observed/histogram.js";
import type { SecondSeries } from "../observed/second-counts.js";
import { type Html, html } from "./html.js";
import { count, seconds } from "./wording.js";

const barHeight = 14;
const labelWidth = 64;
const barsWidth = 180;
const countWidth = 56;

/** A histogram of seconds as a picture; what a reader of the screen needs of it is in its title. */
export function histogramChart(title: string, histogram: HistogramCounts): Html {
  const total = totalOf(histogram);
  const most = Math.max(1, ...histogram.counts);
  const height = histogram.counts.length * (barHeight + 4);
  const rows = histogram.counts.map((value, index) => {
    const top = index * (barHeight + 4);
    const width = Math.round((value / most) * barsWidth * 10) / 10;
    return html`<text x="${labelWidth - 6}" y="${top + 11}" class="axis">${boundLabel(histogram.bounds, index)}</text><rect x="${labelWidth}" y="${top}" width="${value === 0 ? 0 : Math.max(1, width)}" height="${barHeight}" rx="2"></rect><text x="${labelWidth + width + 5}" y="${top + 11}">${value > 0 && count(value)}</text>`;
  });
  return html`<figure><figcaption><strong>${title}</strong> <span class="quiet">${summary(histogram, total)}</span></figcaption>
<svg class="histogram" viewBox="0 0 ${labelWidth + barsWidth + countWidth} ${height}" role="img" aria-label="${title}: ${summary(histogram, total)}">${rows}</svg></figure>`;
}

function summary(histogram: HistogramCounts, total: number): string {
  const median = quantile(histogram, 0.5);
  const most = quantile(histogram, 0.95);
  if (median === undefined || most === undefined) return "none yet";
  return `${count(total)} · half within ${seconds(median)} · 95 % within ${seconds(most)}`;
}

function boundLabel(bounds: readonly number[], index: number): string {
  const bound = bounds[index];
  if (bound !== undefined) return `≤ ${shortly(bound)}`;
  const last = bounds.at(-1);
  return last === undefined ? "" : `> ${shortly(last)}`;
}

function shortly(value: number): string {
  return value < 60 ? seconds(value).replace(".0s", "s") : formatDuration(value);
}

/** The last minute by the second, as a line. */
export function sparkline(name: string, { counts }: SecondSeries): Html {
  const most = Math.max(1, ...counts);
  const points = counts.map((value, index) => `${index},${Math.round((1 - value / most) * 180) / 10 + 1}`);
  return html`<svg class="sparkline" viewBox="0 0 ${counts.length - 1} 20" preserveAspectRatio="none" role="img" aria-label="${name} in each second of the last minute, ${Math.max(0, ...counts)} at the most"><polyline points="${points.join(" ")}"></polyline></svg>`;
}
