import { type DeviceOrder, type DeviceQuery, placeOf } from "../observed/device-query.js";
import type { StatusOverview } from "../observed/status-snapshot.js";
import { type DeviceRow, deviceColumns, deviceRow } from "./device-rows.js";
import { type Html, html } from "./html.js";
import { writePageQuery } from "./page-query.js";
import { histograms, nodeTable, tiles, totals, warningList } from "./sections.js";
import { count, moment } from "./wording.js";

/** The parts of a page that change, by the id of the element that they fill. */
export interface StatusView {
  readonly parts: Readonly<Record<string, Html>>;
  /** The rows of the table of devices, in order. */
  readonly rows: readonly DeviceRow[];
}

/** What a page shows of the state of things. */
export function viewStatus(overview: StatusOverview, query: DeviceQuery): StatusView {
  const showsNode = overview.nodes.length > 1;
  return {
    parts: {
      tiles: tiles(overview),
      nodes: nodeTable(overview),
      warnings: warningList(overview),
      histograms: histograms(overview),
      totals: totals(overview),
      "device-count": html`${deviceCount(overview)}`,
      "device-pages": deviceLinks(overview, query),
    },
    rows: overview.devices.rows.map((device) => deviceRow(device, showsNode)),
  };
}

function deviceCount({ devices: { matching, rows } }: StatusOverview): string {
  if (matching === 0) return "No device matches.";
  if (matching === rows.length) return matching === 1 ? "1 device" : `${count(matching)} devices`;
  return `${count(rows.length)} of ${count(matching)} devices`;
}

function deviceLinks({ devices: { rows, hasMore } }: StatusOverview, query: DeviceQuery): Html {
  const last = rows.at(-1);
  const next = hasMore && last ? writePageQuery({ ...query, after: placeOf(last, query.order) }) : undefined;
  const first = writePageQuery({ ...query, after: undefined });
  return html`${query.after && html`<a href="/?${first}#devices">First page</a>`} ${next !== undefined && html`<a href="/?${next}#devices" rel="next">Next page</a>`}`;
}

const orderWords: Readonly<Record<DeviceOrder, string>> = {
  name: "by name",
  held: "longest held first",
  heartbeat: "shortest heartbeat first",
  seen: "last seen first",
};

/** A whole page. It is complete without its script, which only keeps it up to date. */
export function statusPage(overview: StatusOverview, query: DeviceQuery): string {
  const view = viewStatus(overview, query);
  const { startedAtMs } = overview;
  const here = writePageQuery(query);
  const part = (id: string): Html => html`<div id="${id}">${view.parts[id]}</div>`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Direct Push status</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/status.css">
<script src="/status.js" defer></script>
</head>
<body>
<a class="skip" href="#devices">Skip to the devices</a>
<header><h1>Direct Push</h1><p class="quiet">${startedAtMs === undefined ? "No node answers." : html`Counting since ${moment(startedAtMs)}`}</p>
<p class="live"><a href="/?${here}">Reload</a> <button type="button" id="pause" hidden>Pause</button> <span id="live" role="status">as of ${moment(overview.nodes[0]?.takenAtMs ?? 0)}</span></p></header>
<main>
${part("tiles")}
${part("nodes")}
<section aria-labelledby="health-title"><h2 id="health-title">Heartbeat health</h2>${part("warnings")}</section>
<section aria-labelledby="times-title"><h2 id="times-title">Times</h2>${part("histograms")}</section>
${deviceSection(view, query)}
<section aria-labelledby="totals-title"><h2 id="totals-title">Totals</h2>${part("totals")}</section>
</main>
</body>
</html>
`.text;
}

function deviceSection(view: StatusView, query: DeviceQuery): Html {
  const { text, show, order } = query;
  const option = (value: string, words: string, chosen: string): Html =>
    value === chosen
      ? html`<option value="${value}" selected>${words}</option>`
      : html`<option value="${value}">${words}</option>`;
  return html`<section id="devices" aria-labelledby="devices-title"><h2 id="devices-title">Devices</h2>
<form action="/#devices" method="get">
<label>Filter <input type="search" name="q" value="${text}" maxlength="100" placeholder="user, device or type"></label>
<label>Show <select name="show">${option("held", "held now", show)}${option("known", "all that are known", show)}</select></label>
<label>Order <select name="order">${Object.entries(orderWords).map(([value, words]) => option(value, words, order))}</select></label>
<button type="submit">Apply</button> <span class="quiet" id="device-count">${view.parts["device-count"]}</span>
</form>
<table role="table" class="devices" aria-labelledby="devices-title">
<thead role="rowgroup"><tr role="row">${deviceColumns.map((name) => html`<th role="columnheader" scope="col">${name}</th>`)}</tr></thead>
<tbody role="rowgroup" id="device-rows">${view.rows.map(({ row }) => row)}</tbody>
</table>
<p class="pages" id="device-pages">${view.parts["device-pages"]}</p>
</section>`;
}
