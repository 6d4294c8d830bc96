import { formatDuration } from "../duration.js";
import type { EndKind } from "../observed/command-counts.js";
import { quantile } from "../observed/histogram.js";
import type { Happening } from "../observed/observed-numbers.js";
import type { Warning } from "../observed/observed-warnings.js";
import { meanPerSecond, type SecondSeries } from "../observed/second-counts.js";
import type { StatusOverview } from "../observed/status-snapshot.js";
import { histogramChart, sparkline } from "./charts.js";
import { type Html, html } from "./html.js";
import { count, megabytes, moment, nameFromNetwork, perSecond, seconds, wordOf } from "./wording.js";

const silence: SecondSeries = { endSecond: 0, counts: Array.from({ length: 60 }, () => 0) };

const happenings: Readonly<Record<Happening, string>> = {
  dropped: "clients gone before their answer",
  heartbeatsRefused: "heartbeat intervals refused",
  authenticationRefused: "logins refused",
  devicesRefused: "devices refused",
  throttled: "requests throttled",
  requestsFailed: "requests failed",
  itemsSkipped: "items skipped",
  wipesDone: "wipes done",
  replays: "Sync answers repeated",
  heartbeatsShort: "warnings of short heartbeats",
  connectionsCut: "warnings of cut connections",
};

/** The figures at the top. */
export function tiles({ nodes, held, numbers, knownDevices }: StatusOverview): Html {
  const requests = numbers.perSecond.requests ?? silence;
  const pushes = numbers.perSecond.changed ?? silence;
  const median = quantile(numbers.pushSeconds, 0.5);
  const most = quantile(numbers.pushSeconds, 0.95);
  return html`<dl class="tiles">
<div><dt>Held now</dt><dd id="held-now">${count(held.Ping + held.Sync)}</dd><dd class="quiet">${count(held.Ping)} Pings, ${count(held.Sync)} Syncs</dd></div>
<div><dt>Pushes a second</dt><dd>${perSecond(meanPerSecond(pushes))}</dd><dd>${sparkline("Pushes", pushes)}</dd></div>
<div><dt>Requests a second</dt><dd>${perSecond(meanPerSecond(requests))}</dd><dd>${sparkline("Requests", requests)}</dd></div>
<div><dt>Push latency</dt><dd>${median === undefined ? "–" : seconds(median)}</dd><dd class="quiet">${most === undefined ? "no push yet" : `95 % within ${seconds(most)}`}</dd></div>
<div><dt>Devices known</dt><dd>${count(knownDevices)}</dd><dd class="quiet">held or seen lately${nodes.length > 1 ? ", by each node" : ""}</dd></div>
</dl>`;
}

/** The warnings of heartbeat health. */
export function warningList({ warnings, nodes }: StatusOverview): Html {
  if (warnings.length === 0) return html`<p class="quiet">Nothing cuts connections, as far as is known.</p>`;
  const several = nodes.length > 1;
  return html`<ul class="warnings">${warnings.map(
    (warning) =>
      html`<li>${moment(warning.atMs)}${several && html` on ${nameFromNetwork(warning.node)}`}: ${wordsOf(warning)}</li>`,
  )}</ul>`;
}

function wordsOf(warning: Warning): Html {
  if (warning.kind === "heartbeats-short") {
    return html`the last ${count(warning.samples)} heartbeats are <strong>${seconds(warning.averageSeconds)}</strong> on average: something in front of the server cuts or forgets connections.`;
  }
  const { network, networks, likelyCulprits } = warning;
  const where =
    network === undefined ? html`on ${count(networks)} networks` : html`on ${nameFromNetwork(network)}`;
  const culprits =
    likelyCulprits.length === 0
      ? html`nothing known has that limit`
      : html`as by ${likelyCulprits.join(", ")}`;
  return html`held requests ${where} are cut after <strong>${formatDuration(warning.seconds)}</strong>, ${culprits}.`;
}

/** The two histograms. */
export function histograms({ numbers }: StatusOverview): Html {
  return html`<div class="charts">${histogramChart("From change to answer", numbers.pushSeconds)}${histogramChart("Heartbeat intervals used", numbers.heartbeatSeconds)}</div>`;
}

/** What happened since the start, and how often a second. */
export function totals({ numbers }: StatusOverview): Html {
  const { requests, ended, happened, sourceFailures, items, perSecond: rates } = numbers;
  const answered = Object.values(requests).flatMap((counts) => Object.values(counts));
  const all = answered.reduce((sum, value) => sum + value, 0);
  const failures = Object.values(sourceFailures).reduce((sum, value) => sum + value, 0);
  const rows: Html[] = [totalRow("requests answered", all, rates.requests ?? silence)];
  for (const [kind, value] of Object.entries(ended) as [EndKind, number][]) {
    rows.push(totalRow(`held requests ${wordOf(kind)}`, value, rates[kind] ?? silence));
  }
  for (const [fate, value] of Object.entries(items))
    if (value > 0) rows.push(totalRow(`items ${fate} by Sync`, value));
  for (const [what, words] of Object.entries(happenings) as [Happening, string][]) {
    const value = happened[what] ?? 0;
    if (value > 0) rows.push(totalRow(words, value));
  }
  if (failures > 0) rows.push(totalRow("calls into the mail server failed", failures));
  return html`<table><caption class="quiet">Since the start, and a second on average over the last minute</caption>
<thead><tr><th scope="col">What</th><th scope="col" class="number">In all</th><th scope="col" class="number">A second</th></tr></thead>
<tbody>${rows}</tbody></table>`;
}

function totalRow(name: string, value: number, series?: SecondSeries): Html {
  return html`<tr><th scope="row">${name}</th><td class="number">${count(value)}</td><td class="number">${series && perSecond(meanPerSecond(series))}</td></tr>`;
}

/** Node by node; nothing where there is one alone. */
export function nodeTable({ nodes }: StatusOverview): Html {
  if (nodes.length < 2) return html``;
  const rows = nodes.map(({ node, held, residentBytes, startedAtMs, numbers }) => {
    const { requests = silence, changed = silence } = numbers.perSecond;
    return html`<tr><th scope="row">${nameFromNetwork(node)}</th><td class="number">${count(held.Ping + held.Sync)}</td><td class="number">${perSecond(meanPerSecond(requests))}</td><td class="number">${perSecond(meanPerSecond(changed))}</td><td class="number">${megabytes(residentBytes)}</td><td>${moment(startedAtMs)}</td></tr>`;
  });
  return html`<section aria-labelledby="nodes-title"><h2 id="nodes-title">Nodes</h2><div class="wide"><table>
<thead><tr><th scope="col">Node</th><th scope="col" class="number">Held</th><th scope="col" class="number">Requests/s</th><th scope="col" class="number">Pushes/s</th><th scope="col" class="number">Memory</th><th scope="col">Started</th></tr></thead>
<tbody>${rows}</tbody></table></div></section>`;
}
